"""Rows per second of the receivers on this machine, beside a plain loop that takes and reads the same requests.

    python benchmarks/receivers.py [--rows 60000] [--rounds 3] [--only KIND ...]

One sender with one connection, in a process of its own, 500 rows a request. The time is from the first byte until the
last row has come out of Pathway (a subscription that counts), or until the loop has read the last record. The loop is
what anybody would write in an hour: it reads JSON or protobuf and looks at each record once, makes no rows, keeps
nothing, and knows no limits.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import threading
import time as clock
import warnings
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from statistics import median
from typing import Any

NOW = 1_773_135_000_000_000_000
PER_REQUEST = 500
KINDS = ("http_endpoint", "otlp_protobuf", "otlp_json", "otlp_grpc", "loki_json", "loki_snappy", "syslog_tcp")


def records(start: int) -> list[tuple[int, str, str]]:
    """Return time, service and message of the rows of a request."""
    every = range(start, start + PER_REQUEST)
    return [(NOW + n, f"service-{n % 20}", f"GET /path/{n % 97} took {n % 977} ms") for n in every]


def otlp(start: int) -> Any:
    from workbench.flow.telemetry.otlp_build import export_request

    made = [
        {"time_unix_nano": t, "body": b, "severity_number": 9, "severity_text": "INFO"} for t, _, b in records(start)
    ]
    attributes = json.dumps({"http.route": "/path", "http.status_code": 200})
    return export_request("logs", [row | {"service_name": "cart", "attributes": attributes} for row in made])


def body_of(kind: str, start: int) -> tuple[str, str, bytes]:
    """Return path, kind of the body and body of a request."""
    rows = records(start)
    match kind:
        case "http_endpoint":
            made = [{"time_unix_nano": t, "service_name": s, "body": b} for t, s, b in rows]
            return "/rows", "application/json", json.dumps(made).encode()
        case "otlp_protobuf" | "otlp_grpc":
            return "/v1/logs", "application/x-protobuf", otlp(start).SerializeToString()
        case "otlp_json":
            from google.protobuf.json_format import MessageToJson

            return "/v1/logs", "application/json", MessageToJson(otlp(start), indent=None).encode()
        case "loki_json":
            values = [[str(t), b] for t, _, b in rows]
            document = {"streams": [{"stream": {"app": "cart"}, "values": values}]}
            return "/loki/api/v1/push", "application/json", json.dumps(document).encode()
        case "loki_snappy":
            from workbench.flow.telemetry.messages import message
            from workbench.flow.telemetry.snappy import pack

            request = message("PushRequest")()
            stream = request.streams.add(labels='{app="cart"}')
            for t, _, b in rows:
                entry = stream.entries.add(line=b)
                entry.timestamp.seconds, entry.timestamp.nanos = divmod(t, 1_000_000_000)
            return "/loki/api/v1/push", "application/x-protobuf", pack(request.SerializeToString())
        case _:
            lines = [f"<14>1 2026-03-10T09:30:00.000001Z n1 {s} - - - {b}\n".encode() for _, s, b in rows]
            return "", "", b"".join(lines)


def send(kind: str, port: int, count: int, ready: Any, go: Any) -> None:
    """Send all rows as fast as they are taken; bodies are made beforehand."""
    bodies = [body_of(kind, start) for start in range(0, count, PER_REQUEST)]
    ready.set()
    go.wait()
    if kind == "otlp_grpc":
        import grpc

        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.unary_unary("/opentelemetry.proto.collector.logs.v1.LogsService/Export")
            for _, _, body in bodies:
                call(body, wait_for_ready=True)
    elif kind == "syslog_tcp":
        with socket.create_connection(("127.0.0.1", port)) as client:
            for _, _, body in bodies:
                client.sendall(body)
    else:
        client = HTTPConnection("127.0.0.1", port)
        for path, form, body in bodies:
            client.request("POST", path, body, {"Content-Type": form})
            answer = client.getresponse()
            said = answer.read()
            assert answer.status < 300, said


def node_of(kind: str, port: int) -> Any:
    from node_catalog.sources.http_endpoint import HttpEndpoint
    from node_catalog.sources.loki_receiver import LokiReceiver
    from node_catalog.sources.otlp_receiver import OtlpReceiver
    from node_catalog.sources.syslog_receiver import SyslogReceiver

    if kind == "http_endpoint":
        return HttpEndpoint(port=port, columns={"time_unix_nano": "integer", "service_name": "text", "body": "text"})
    if kind == "otlp_grpc":
        return OtlpReceiver(port=free_port(), grpc_port=port)
    if kind.startswith("otlp"):
        return OtlpReceiver(port=port, grpc_port=0)
    return LokiReceiver(port=port) if kind.startswith("loki") else SyslogReceiver(port=port)


def receive(kind: str, port: int, count: int, ready: Any, go: Any, took: Any) -> None:
    """Receive all rows through Pathway."""
    import pathway as pw

    from workbench.engine.worker import calm_collector
    from workbench.flow.services import Source

    warnings.simplefilter("ignore")
    stop, seen = threading.Event(), 0
    node = node_of(kind, port)
    source = Source("in", stop, lambda **fault: print("rejected:", fault))
    services = {"source": source, "secrets": str}
    rows = node.build(**{name: services[name] for name in node.services()})
    begun = 0.0

    def counted(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        nonlocal seen
        if is_addition:
            seen = row["rows"]
            if seen >= count:
                took.value = clock.perf_counter() - begun
                stop.set()

    pw.io.subscribe(rows.reduce(rows=pw.reducers.count()), on_change=counted)

    def start() -> None:
        nonlocal begun
        while not listens(port):
            clock.sleep(0.02)
        ready.wait()
        begun = clock.perf_counter()
        go.set()

    threading.Thread(target=start, daemon=True).start()
    calm_collector()
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def reader_of(kind: str) -> Callable[[bytes], int]:
    """Return what the plain loop does with a body: read it, look at each record, count."""
    from workbench.flow.telemetry.messages import message
    from workbench.flow.telemetry.otlp_json import new_request
    from workbench.flow.telemetry.snappy import unpack

    def otlp_records(body: bytes) -> int:
        request = new_request("logs")
        request.ParseFromString(body)
        found = [record for r in request.resource_logs for s in r.scope_logs for record in s.log_records]
        return sum(record.time_unix_nano > 0 for record in found)

    def otlp_json(body: bytes) -> int:
        found = json.loads(body)["resourceLogs"]
        return sum("timeUnixNano" in one for r in found for s in r["scopeLogs"] for one in s["logRecords"])

    def loki(body: bytes) -> int:
        request = message("PushRequest").FromString(unpack(body, 1 << 26))
        return sum(entry.timestamp.seconds > 0 for stream in request.streams for entry in stream.entries)

    readers: dict[str, Callable[[bytes], int]] = {
        "http_endpoint": lambda body: sum("body" in one for one in json.loads(body)),
        "otlp_protobuf": otlp_records,
        "otlp_json": otlp_json,
        "loki_json": lambda body: sum(len(value) > 1 for one in json.loads(body)["streams"] for value in one["values"]),
        "loki_snappy": loki,
    }
    return readers[kind]


def plain(kind: str, port: int, count: int, ready: Any, go: Any, took: Any) -> None:
    """Receive all rows with a plain loop."""
    if kind == "syslog_tcp":
        _plain_lines(port, count, ready, go, took)
        return
    if kind == "otlp_grpc":
        return
    read = reader_of(kind)
    seen = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            nonlocal seen
            seen += read(self.rfile.read(int(self.headers["Content-Length"])))
            if seen >= count:
                took.value = clock.perf_counter() - begun
                self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if seen >= count:
                self.wfile.flush()
                threading.Thread(target=server.shutdown).start()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", port), Handler)
    ready.wait()
    begun = clock.perf_counter()
    go.set()
    server.serve_forever(0.02)


def _plain_lines(port: int, count: int, ready: Any, go: Any, took: Any) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        ready.wait()
        begun = clock.perf_counter()
        go.set()
        connection, _ = server.accept()
        seen = 0
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                seen += line.startswith(b"<")
                if seen >= count:
                    break
        took.value = clock.perf_counter() - begun


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure(kind: str, side: Callable[..., None], count: int) -> float:
    """Return the seconds that one side took."""
    context = multiprocessing.get_context("spawn")
    port, ready, go, took = free_port(), context.Event(), context.Event(), context.Value("d", 0.0)
    sender = context.Process(target=send, args=(kind, port, count, ready, go))
    taker = context.Process(target=side, args=(kind, port, count, ready, go, took))
    sender.start()
    taker.start()
    taker.join(300)
    sender.join(10)
    for process in (sender, taker):
        if process.is_alive():
            process.terminate()
    return float(took.value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=KINDS, default=KINDS)
    chosen = parser.parse_args()
    count = chosen.rows // PER_REQUEST * PER_REQUEST
    for kind in chosen.only:
        sides: dict[str, list[float]] = {"receiver": [], "plain loop": []}
        for _ in range(chosen.rounds):
            sides["receiver"].append(measure(kind, receive, count))
            if kind != "otlp_grpc":
                sides["plain loop"].append(measure(kind, plain, count))
        for side, seconds in sides.items():
            rates = [count / one for one in seconds if one]
            if rates:
                said = ", ".join(f"{rate:,.0f}" for rate in rates)
                print(f"{kind:14} {side:10} median {median(rates):10,.0f} rows/s   of {said}")


if __name__ == "__main__":
    main()
