"""Compares the names that deploy/ uses with those that the product has: settings, roles, ports, paths, metrics, labels.

Reads text only and needs nothing but Python. Prints what does not exist, one a line; exit code 1 then.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SOURCES = ["kernel", "gateway", "subgraphs", "server"]
# What Prometheus adds itself, or prometheus.yml and the chart do.
OWN_METRICS = {"up"}
OWN_LABELS = {"le", "job", "instance", "role"}
# Words of PromQL that look like names of metrics.
WORDS = {
    "sum", "max", "min", "avg", "count", "by", "without", "and", "or", "unless", "on", "ignoring", "group_left", "group_right",
    "rate", "irate", "increase", "histogram_quantile", "topk", "bottomk", "time", "clamp_min", "clamp_max", "abs", "offset", "bool",
}
problems = []


def problem(where, what):
    problems.append(f"{where.relative_to(ROOT)}: {what}")


def settings():
    """Returns the variables of all settings of defaults.toml, with their default."""
    found, section = {}, ""
    for line in (ROOT / "kernel/platform/src/config/defaults.toml").read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\[([a-z_.]+)\]", line):
            section = match[1]
        elif match := re.match(r"([a-z0-9_]+) = (.*)", line):
            found[f"OPENIM__{section.replace('.', '__').upper()}__{match[1].upper()}"] = match[2]
    return found


def metrics():
    """Returns kind and labels of every metric by its name, from the table that a test compares with the code."""
    rows = re.findall(r"^\| `([a-z_0-9]+)` \| ([a-z]+) \| (.*?) \|", (ROOT / "docs/metrics.md").read_text("utf-8"), re.MULTILINE)
    return {name: (kind, set(re.findall(r"`([a-z_]+)`", labels))) for name, kind, labels in rows}


def expressions():
    """Returns every PromQL expression with its file."""
    dashboard = DEPLOY / "grafana/openim.json"
    for panel in json.loads(dashboard.read_text("utf-8"))["panels"]:
        for target in panel.get("targets", []):
            yield dashboard, target["expr"]
    rules = DEPLOY / "prometheus/alerts.yml"
    text = re.sub(r">-\n\s+", "", rules.read_text("utf-8"))
    for match in re.finditer(r"^ +expr: (.*(?:\n {10,}.*)*)", text, re.MULTILINE):
        yield rules, match[1]


def check_dashboard():
    where = DEPLOY / "grafana/openim.json"
    panels = json.loads(where.read_text("utf-8"))["panels"]
    for what in (lambda panel: panel["id"], lambda panel: (panel["gridPos"]["x"], panel["gridPos"]["y"])):
        if len({what(panel) for panel in panels}) != len(panels):
            problem(where, "two panels have the same id or place")
    for panel in panels:
        if panel["gridPos"]["x"] + panel["gridPos"]["w"] > 24 or (panel["type"] != "row" and not panel.get("targets")):
            problem(where, f"the panel {panel['title']} is too wide or empty")


def check_expression(where, text, known):
    labels = set(OWN_LABELS)
    bare = re.sub(r"\[[^\]]*\]|\bby \([^)]*\)", " ", text)
    for name, selector in re.findall(r"(?<![a-zA-Z0-9_$\"])([a-z_][a-z0-9_]*)(\{[^}]*\})?", re.sub(r'(?<!=)(?<!~)"[^"]*"', "", bare)):
        if name in WORDS:
            continue
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        of_histogram = base != name and known.get(base, ("",))[0] == "histogram"
        kind, own = known.get(base if of_histogram else name, ("", set()))
        if name not in OWN_METRICS and not of_histogram and kind in ("", "histogram"):
            problem(where, f"there is no metric {name}")
        labels |= own
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", selector):
            if label not in own | OWN_LABELS:
                problem(where, f"{name} has no label {label}")
    for names in re.findall(r"\bby \(([^)]*)\)", text):
        for label in filter(None, re.split(r"[,\s]+", names)):
            if label not in labels:
                problem(where, f"nothing in {text} has the label {label}")


def outside(file, text):
    """Returns the paths that a file of the console or the server includes by their place."""
    patterns = r'include_(?:str|bytes)!\("([^"]+)"', r'folder = "([^"]+)"', r'import\.meta\.glob(?:<\w+>)?\("([^"*]+)', r'new URL\("(\.\.[^"]+)"'
    for pattern in patterns:
        for found in re.findall(pattern, text):
            base = file.parent if not pattern.startswith("folder") else file.parents[1]
            yield (base / found).resolve()


def check_context():
    """What the image is built from must be in its context, and the console's part in the stage that builds it."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    ignored = [line.removeprefix("**/") for line in lines if line and not line.startswith(("#", "*."))]
    dockerfile = DEPLOY / "Dockerfile"
    stage = dockerfile.read_text("utf-8").split("\nFROM ")[1]
    copied = [ROOT / path for line in re.findall(r"^COPY (.*) \S+$", stage, re.MULTILINE) for path in line.split()]

    def needed(path, by):
        name = path.relative_to(ROOT).as_posix()
        if any(name == one or name.startswith(one + "/") for one in ignored) and name != "web-console/dist":
            problem(ROOT / ".dockerignore", f"{name} is left out, but {by.relative_to(ROOT)} needs it")

    manifest = ROOT / "Cargo.toml"
    members = re.search(r"members = \[(.*?)\]", manifest.read_text("utf-8"), re.DOTALL)[1]
    for member in re.findall(r'"([^"]+)"', members):
        needed(ROOT / member, manifest)
    for folder in SOURCES + ["importer"]:
        for file in (ROOT / folder).rglob("*.rs"):
            if "tests" not in file.parts:
                for path in outside(file, file.read_text("utf-8")):
                    needed(path, file)
    console = ROOT / "web-console"
    for file in [*(console / "src").rglob("*.ts*"), console / "scripts/types.mjs"]:
        for path in outside(file, file.read_text("utf-8")):
            needed(path, file)
            if console not in path.parents and not any(path == one or one in path.parents for one in copied):
                problem(dockerfile, f"the console's stage does not copy {path.relative_to(ROOT)}, which {file.relative_to(ROOT)} needs")


def main():
    variables, known = settings(), metrics()
    if len(variables) < 50 or len(known) < 40:
        sys.exit("the names of the product cannot be read any more: look at scripts/lib/deploy_names.py")
    roles = set(re.findall(r'Self::[A-Z][a-z]+ => "([a-z]+)"', (ROOT / "kernel/platform/src/config/roles.rs").read_text("utf-8")))
    paths = set(re.findall(r'route\("(/[a-z]+)"', (ROOT / "server/src/health.rs").read_text("utf-8")))
    ports = {port for key in ("SERVER", "SDK") for port in re.findall(r":(\d+)", variables[f"OPENIM__{key}__LISTEN"])}

    files = [file for file in DEPLOY.rglob("*") if file.is_file() and file.suffix not in (".json", ".md")]
    seen_roles = set()
    for file in files:
        content = file.read_text("utf-8")
        for name in sorted(set(re.findall(r"\bOPENIM__[A-Z0-9_]+", content))):
            if name not in variables:
                problem(file, f"there is no setting {name}")
        for role in re.findall(r'"--roles", "([a-z,]+)"', content):
            seen_roles.update(role.split(","))
            if not roles.issuperset(role.split(",")):
                problem(file, f"there is no role {role}")
        for path in re.findall(r"(?<![a-z])/(?:healthz|readyz|metrics|livez|health)\b", content):
            if path not in paths:
                problem(file, f"there is no path {path}")
        for port in re.findall(r"(?:containerPort|port|prometheus\.io/port): \"?(\d+)", content) + re.findall(r":(\d+)\"", content):
            if port.startswith("100") and port not in ports:
                problem(file, f"nobody listens on port {port}")
    chart = (DEPLOY / "helm/openim/values.yaml").read_text("utf-8")
    of_chart = set(re.findall(r"^  ([a-z]+):", chart[chart.index("\nroles:"):chart.index("\nservice:")], re.MULTILINE))
    for what, found in (("compose.yaml", seen_roles), ("the chart", of_chart)):
        if found != roles:
            problems.append(f"deploy: {what} runs {sorted(found)}, the roles are {sorted(roles)}")
    check_dashboard()
    check_context()
    for where, expression in expressions():
        check_expression(where, expression, known)
    for line in sorted(set(problems)):
        print(line)
    sys.exit(1 if problems else 0)


main()
