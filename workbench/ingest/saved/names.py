"""Names as Kubernetes uses them: kinds and their short forms, the service behind an object, ages."""

from __future__ import annotations

import re

from workbench.signals.workloads import workload_of

_KINDS = {
    "pod": "pods po",
    "node": "nodes no",
    "deployment": "deployments deploy",
    "replicaset": "replicasets rs",
    "statefulset": "statefulsets sts",
    "daemonset": "daemonsets ds",
    "job": "jobs",
    "cronjob": "cronjobs cj",
    "service": "services svc",
    "endpoints": "endpoint ep",
    "endpointslice": "endpointslices",
    "ingress": "ingresses ing",
    "configmap": "configmaps cm",
    "secret": "secrets",
    "namespace": "namespaces ns",
    "pvc": "persistentvolumeclaim persistentvolumeclaims pvcs",
    "pv": "persistentvolume persistentvolumes pvs",
    "storageclass": "storageclasses sc",
    "hpa": "horizontalpodautoscaler horizontalpodautoscalers",
    "scaledobject": "scaledobjects so",
    "networkpolicy": "networkpolicies netpol",
    "resourcequota": "resourcequotas quota",
    "limitrange": "limitranges limits",
    "serviceaccount": "serviceaccounts sa",
    "event": "events ev",
    "application": "applications app",
}
_SINGULAR = {word: kind for kind, words in _KINDS.items() for word in (kind, *words.split())}

_AGE = re.compile(r"(\d+)([ydhms])")
_SECONDS = {"y": 31_536_000, "d": 86_400, "h": 3600, "m": 60, "s": 1}


def singular(kind: str) -> str:
    """Return the one name that we use for a kind: `po`, `Pods` and `pods.v1` are `pod`."""
    word = kind.strip().lower()
    return _SINGULAR.get(word) or _SINGULAR.get(word.split(".")[0]) or word.split(".")[0]


def is_kind(word: str) -> bool:
    """Tell whether a word names a kind of Kubernetes object."""
    return word.strip().lower().split(".")[0] in _SINGULAR


def service_of(kind: str, name: str, labels: dict[str, str] | None = None) -> str:
    """Return the service that an object belongs to; '' for objects that belong to none, such as nodes."""
    if kind in ("node", "namespace", "pv", "storageclass", "resourcequota", "limitrange", "document", "command"):
        return ""
    for key in ("app.kubernetes.io/name", "app", "k8s-app", "service"):
        if labels and labels.get(key) and kind == "pod" and name.startswith(labels[key]):
            return labels[key]
    return workload_of(name) if kind in ("pod", "container", "replicaset", "endpointslice", "job") else name


def age_seconds(text: str) -> int | None:
    """Return the seconds of an age such as `6m45s` or `2d3h`; None when it is none."""
    text = text.strip()
    if not re.fullmatch(r"(?:\d+[ydhms])+", text):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in _AGE.findall(text))


def labels_of(text: str) -> dict[str, str]:
    """Return `a=b,c=d` as a dict."""
    pairs = (part.split("=", 1) for part in re.split(r"[,\n]+", text) if "=" in part)
    return {key.strip(): value.strip() for key, value in pairs}


def camel(words: str) -> str:
    """Return `Restart Count` and `UP-TO-DATE` as `restartCount` and `upToDate`."""
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", words) if part]
    if not parts:
        return words.strip()
    first, *rest = [part.lower() if part.isupper() else part for part in parts]
    return first[:1].lower() + first[1:] + "".join(part[:1].upper() + part[1:] for part in rest)
