//! What the operating system says of this process. Linux tells it in files; elsewhere nothing is known.

use std::fs;

use metrics::Gauge;

/// Ticks of the processor's clock in a second, as Linux shows them to programs on every machine.
const TICKS: u64 = 100;

/// What a process uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Memory in use, in bytes.
    pub memory: Option<u64>,
    /// Memory that was asked for, in bytes.
    pub virtual_memory: Option<u64>,
    /// Time on the processor, in milliseconds.
    pub cpu_ms: Option<u64>,
}

/// Looks at this process.
pub fn usage() -> Usage {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    Usage { memory: size(&status, "VmRSS:"), virtual_memory: size(&status, "VmSize:"), cpu_ms: processor_time(&stat) }
}

/// Returns the name of this machine.
pub fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "localhost".to_owned() } else { name.trim().to_owned() }
}

/// Reads a line such as `VmRSS:   123 kB`.
fn size(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Reads the 14th and the 15th field; the second is a name in brackets that may hold anything.
fn processor_time(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) * 1000 / TICKS)
}

/// Records what this process uses, under the names that every exporter uses; done when somebody reads the metrics.
#[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
pub fn record() {
    let set = |gauge: Gauge, value: Option<f64>| value.into_iter().for_each(|value| gauge.set(value));
    let whole = |value: Option<u64>| value.map(|value| value as f64);
    let Usage { memory, virtual_memory, cpu_ms } = usage();
    set(metrics::gauge!("process_resident_memory_bytes"), whole(memory));
    set(metrics::gauge!("process_virtual_memory_bytes"), whole(virtual_memory));
    // A gauge, because a counter holds whole numbers only.
    set(metrics::gauge!("process_cpu_seconds_total"), whole(cpu_ms).map(|milliseconds| milliseconds / 1000.0));
    set(metrics::gauge!("process_open_fds"), whole(fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as u64)));
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let threads = status.lines().find_map(|line| line.strip_prefix("Threads:")?.trim().parse().ok());
    set(metrics::gauge!("process_threads"), whole(threads));
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let most = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok());
    set(metrics::gauge!("process_max_fds"), whole(most));
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let machine = fs::read_to_string("/proc/stat").unwrap_or_default();
    set(metrics::gauge!("process_start_time_seconds"), whole(start(&stat, &machine)));
}

/// Reads the 22nd field, in ticks since the machine started, and when that was.
fn start(stat: &str, machine: &str) -> Option<u64> {
    let ticks: u64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let booted: u64 = machine.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(booted + ticks / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_linux_are_read() {
        assert_eq!(size("VmPeak:\t  900 kB\nVmRSS:\t    2048 kB\n", "VmRSS:"), Some(2 << 20));
        assert_eq!(size("VmRSS: many", "VmRSS:"), None);
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 12345 1 2";
        assert_eq!(processor_time(stat), Some(3_000));
        assert_eq!(processor_time("nothing"), None);
        assert_eq!(start(stat, "cpu 1 2\nbtime 1700000000\n"), Some(1_700_000_123));
        assert_eq!(start("nothing", ""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        let Usage { memory, virtual_memory, cpu_ms } = usage();
        assert!(memory.is_some_and(|memory| memory > 0) && virtual_memory >= memory && cpu_ms.is_some());
        assert!(!host().is_empty());
    }
}
