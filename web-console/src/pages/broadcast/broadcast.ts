// One message to many: sent batch by batch, so that one sees how far it is, can stop it, and go on after a failure. A batch
// that is sent again reaches nobody twice, as its key stays.

export interface Failure {
  receiverId: string;
  code: string;
  message: string;
}

/** Somebody of those who get it, and how many there are in all. */
export interface Receivers {
  ids: readonly string[];
  total: number;
}

export interface Sent {
  sent: number;
  failures: readonly Failure[];
}

type Answer<Value, Problem> = { value: Value } | { problem: Problem };

export interface Progress<Problem> {
  phase: "running" | "done" | "cancelled" | "stopped";
  /** How many of the receivers were tried. */
  done: number;
  total: number | undefined;
  sent: number;
  failures: readonly Failure[];
  /** Why it stopped. */
  problem: Problem | undefined;
}

/** How many get it at once. */
export const BATCH = 200;

export class Broadcast<Problem> {
  progress: Progress<Problem> = {
    phase: "stopped",
    done: 0,
    total: undefined,
    sent: 0,
    failures: [],
    problem: undefined,
  };
  #receivers: (offset: number) => Promise<Answer<Receivers, Problem>>;
  #send: (ids: readonly string[]) => Promise<Answer<Sent, Problem>>;
  #listeners = new Set<() => void>();

  constructor(how: {
    /** At most a batch of those who get it, after the first `offset` ones; none at the end. */
    receivers: (offset: number) => Promise<Answer<Receivers, Problem>>;
    send: (ids: readonly string[]) => Promise<Answer<Sent, Problem>>;
  }) {
    this.#receivers = how.receivers;
    this.#send = how.send;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Sends, from where it stopped, until everybody was tried, it is cancelled or nobody answers. */
  async run() {
    if (this.progress.phase === "running" || this.progress.phase === "done") return;
    this.#become({ phase: "running", problem: undefined });
    while (this.#goesOn()) {
      const page = await this.#receivers(this.progress.done);
      if ("problem" in page) return this.#stop(page.problem);
      const { ids, total } = page.value;
      this.#become({ total });
      if (ids.length === 0) return this.#become({ phase: "done" });
      if (!this.#goesOn()) return;
      const answer = await this.#send(ids);
      if ("problem" in answer) return this.#stop(answer.problem);
      this.#become({
        done: this.progress.done + ids.length,
        sent: this.progress.sent + answer.value.sent,
        failures: [...this.progress.failures, ...answer.value.failures],
      });
    }
  }

  /** Sends no further batch; the one under way arrives. */
  cancel() {
    if (this.progress.phase === "running") this.#become({ phase: "cancelled" });
  }

  #goesOn(): boolean {
    return this.progress.phase === "running";
  }

  #stop(problem: Problem) {
    this.#become({ phase: "stopped", problem });
  }

  #become(change: Partial<Progress<Problem>>) {
    this.progress = { ...this.progress, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Receivers that are known by their ids. */
export function chosen(ids: readonly string[]) {
  return async (offset: number) => ({ value: { ids: ids.slice(offset, offset + BATCH), total: ids.length } });
}
