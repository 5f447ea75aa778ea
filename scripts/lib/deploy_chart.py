"""Renders the chart of deploy/helm with Helm's own engine and looks at what comes out: every object fits the schema of
Kubernetes, what refers to something refers to what is there, and no pod may more than it needs.

Needs the packages that scripts/lint-deploy.sh installs. Prints what is wrong, one a line; exit code 1 then.
"""

import re
import sys
from pathlib import Path

import helm_python
import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/helm/openim"
KUBERNETES = ["1.30", "1.34"]
ROLES = ["gateway", "users", "relations", "groups", "messages", "conversations", "third", "worker"]
LEAST = {"secret": {"name": "keys-of-tests"}, "objects": {"endpoint": "http://minio:9000"}}
FULL = LEAST | {
    "image": {"repository": "registry.example.org/openim", "tag": "1.2.3", "pullPolicy": "Always"},
    "imagePullSecrets": [{"name": "registry"}],
    "config": "[messages]\nfriend_verify = true\n\n[limits]\nuser_per_minute = 600\n",
    "extraEnv": [{"name": "OPENIM__WEBHOOKS__SECRET", "valueFrom": {"secretKeyRef": {"name": "keys-of-tests", "key": "hooks"}}}],
    "roles": {"gateway": {"replicas": 3, "tolerations": [{"operator": "Exists"}], "nodeSelector": {"pool": "edge"}},
              "worker": {"autoscaling": {"enabled": False}}},
    "service": {"type": "LoadBalancer", "annotations": {"a": "b"}},
    "ingress": {"enabled": True, "host": "im.example.org", "className": "nginx", "tlsSecret": "tls", "annotations": {"c": "d"}},
    "metrics": {"annotations": False, "podMonitor": True},
    "serviceAccount": {"annotations": {"e": "f"}},
}
REFUSED = [
    ({}, "secret.name"),
    ({"secret": {"name": "keys"}}, "objects.endpoint"),
    (LEAST | {"ingress": {"enabled": True}}, "ingress.host"),
    (LEAST | {"roles": {"fourth": {}}}, "fourth"),
    (LEAST | {"authSecret": "in the values"}, "authSecret"),
    (LEAST | {"objects": {"endpoint": "minio"}}, "objects"),
]
problems = []


def of(objects, kind):
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pods(objects):
    for kind in ("Deployment", "Job"):
        for name, one in of(objects, kind).items():
            yield f"{kind} {name}", one["spec"]["template"]


def check_pod(where, pod, objects):
    spec = pod["spec"]
    security = spec.get("securityContext", {})
    if not (security.get("runAsNonRoot") and security.get("runAsUser") and security.get("seccompProfile", {}).get("type") == "RuntimeDefault"):
        problems.append(f"{where}: may be root, or has no seccomp profile")
    if spec.get("automountServiceAccountToken") is not False:
        problems.append(f"{where}: gets a token of Kubernetes that it does not need")
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    maps = of(objects, "ConfigMap")
    for name, volume in volumes.items():
        if "configMap" in volume and volume["configMap"]["name"] not in maps:
            problems.append(f"{where}: there is no ConfigMap for {name}")
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("readOnlyRootFilesystem") is not True or own.get("capabilities") != {"drop": ["ALL"]}:
            problems.append(f"{where}: the container may more than it needs")
        if "limits" not in container.get("resources", {}) or "requests" not in container.get("resources", {}):
            problems.append(f"{where}: the container has no bounds")
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                problems.append(f"{where}: nothing to mount at {mount['mountPath']}")
        names = [variable["name"] for variable in container["env"]]
        if len(names) != len(set(names)):
            problems.append(f"{where}: a variable is set twice")
        services = of(objects, "Service")
        for variable in container["env"]:
            name, value = variable["name"], variable.get("value", "")
            if re.search(r"SECRET|_KEY$|__URL$|PASSWORD", name) and "valueFrom" not in variable:
                problems.append(f"{where}: {name} is written out")
            if name.startswith("OPENIM__SUBGRAPHS__"):
                target = re.fullmatch(r"http://([a-z0-9-]+):(\d+)", value)
                ports = [port["port"] for port in services[target[1]]["spec"]["ports"]] if target and target[1] in services else []
                if not ports or int(target[2]) not in ports or not target[1].endswith("-" + name.rsplit("__")[-1].lower()):
                    problems.append(f"{where}: {name} leads to no Service: {value}")
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if "ports" in container and container.get(probe, {}).get("httpGet", {}).get("port") not in ports:
                problems.append(f"{where}: the {probe} asks no port of the container")


def check(values, name):
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(values, name=name, namespace="im", is_install=True)
    objects = [one for path, text in files.items() if path.endswith(".yaml") for one in yaml.safe_load_all(text) if one]
    for one in objects:
        where = f"{one['kind']} {one['metadata']['name']}"
        if len(one["metadata"]["name"]) > 63:
            problems.append(f"{where}: the name is too long")
        if one["apiVersion"].startswith("monitoring.coreos.com"):
            continue
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                problems.append(f"{where}: Kubernetes {version}: {error.message}")
    for where, pod in pods(objects):
        check_pod(where, pod, objects)
    deployments = of(objects, "Deployment")
    labels = {key: one["spec"]["template"]["metadata"]["labels"] for key, one in deployments.items()}
    if sorted(key.rsplit("-", 1)[-1] for key in deployments) != sorted(ROLES):
        problems.append(f"deployments are {sorted(deployments)}")
    for key, one in deployments.items():
        role = key.rsplit("-", 1)[-1]
        if one["spec"]["template"]["spec"]["containers"][0]["args"] != ["serve", "--roles", role]:
            problems.append(f"Deployment {key} does not run {role}")
        scaled = any(hpa["spec"]["scaleTargetRef"]["name"] == key for hpa in of(objects, "HorizontalPodAutoscaler").values())
        if scaled == ("replicas" in one["spec"]):
            problems.append(f"Deployment {key}: either it or an autoscaler says how many there are")
    selectors = [(f"Deployment {key}", one["spec"]["selector"]["matchLabels"]) for key, one in deployments.items()]
    selectors += [(f"Service {key}", one["spec"]["selector"]) for key, one in of(objects, "Service").items()]
    selectors += [(f"PodDisruptionBudget {key}", one["spec"]["selector"]["matchLabels"]) for key, one in of(objects, "PodDisruptionBudget").items()]
    for where, selector in selectors:
        found = [key for key, those in labels.items() if selector.items() <= those.items()]
        if found != [where.split()[1]]:
            problems.append(f"{where} selects {found}")
    for key, hpa in of(objects, "HorizontalPodAutoscaler").items():
        if hpa["spec"]["scaleTargetRef"]["name"] not in deployments or hpa["spec"]["minReplicas"] > hpa["spec"]["maxReplicas"]:
            problems.append(f"HorizontalPodAutoscaler {key} scales nothing")
    for key, ingress in of(objects, "Ingress").items():
        for path in ingress["spec"]["rules"][0]["http"]["paths"]:
            service = of(objects, "Service").get(path["backend"]["service"]["name"])
            if not service or path["backend"]["service"]["port"]["name"] not in [port["name"] for port in service["spec"]["ports"]]:
                problems.append(f"Ingress {key}: {path['path']} leads nowhere")
    if values.get("config"):
        text = of(objects, "ConfigMap")[next(iter(of(objects, "ConfigMap")))]["data"]["openim.toml"]
        if text != values["config"]:
            problems.append(f"the ConfigMap changes the text of the configuration: {text!r}")
    return len(objects)


def main():
    report = helm_python.lint(CHART, LEAST, strict=True)
    problems.extend(f"helm lint: {message['error']}" for message in report["messages"] if message["severity"] >= 2)
    objects = check(LEAST, "chat") + check(FULL, "a-release-with-a-long-name-of-its-own-that-is-cut")
    for values, word in REFUSED:
        try:
            with helm_python.Chart.load(CHART) as chart:
                chart.validate_schema(values)
                chart.render(values, name="chat")
            problems.append(f"values are taken that should be refused for {word}")
        except helm_python.HelmError as error:
            if word not in str(error):
                problems.append(f"values without a good {word} are refused with: {error}")
    for line in problems:
        print(line)
    print(f"chart: {objects} objects, {len(REFUSED)} refusals, {len(problems)} problems", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
