"""Asks an Ollama server, with strict limits: the named host only, no proxies, no redirects, a total time."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import ollama

from workbench.errors import BadInput, ModelUnavailable
from workbench.facts.evidence import Frozen
from workbench.models.deadline import within
from workbench.models.transport import LimitedTransport

CONNECT_S = 2.0
LONGEST_ANSWER = 20_000
"""Characters; a model that says more has lost the thread."""

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
# Whatever the client library, its transport, JSON and pydantic raise for answers that are late, broken or rubbish.
_FAILURES = (
    ollama.ResponseError, OSError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError,
    ValueError, TypeError, AttributeError, KeyError,
)  # fmt: skip


class OllamaStatus(Frozen):
    """Whether an Ollama server answers, and with what."""

    reachable: bool
    version: str = ""
    models: list[str] = []
    """Names of the models it has, as the server orders them."""
    reason: str = ""
    """Why it cannot be used; empty when it can."""


class Ollama:
    """One model of one Ollama server."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        total_s: float = 20.0,
        idle_s: float | None = None,
        connect_s: float = CONNECT_S,
    ) -> None:
        """Remember whom to ask; nothing is sent yet.

        Args:
            base_url: Such as `http://127.0.0.1:11434`. Only this host is ever asked.
            model: Name of a model that the server has.
            total_s: Longest time for one answer, in seconds, from the call to the last word.
            idle_s: Longest silence between two words; `total_s` when left out.
            connect_s: Longest time to reach the server.

        Raises:
            BadInput: the address is not an http or https address of a host.
        """
        self._url, self.name = server_address(base_url), model
        self._total_s = total_s
        self._timeout = httpx.Timeout(min(idle_s or total_s, total_s), connect=min(connect_s, total_s))

    def complete(self, prompt: str, *, system: str = "") -> str:
        """Return the model's whole answer; see `ChatModel.complete`."""
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": prompt})
        client = ollama.Client(
            self._url,
            timeout=self._timeout,
            trust_env=False,
            follow_redirects=False,
            transport=LimitedTransport(),
        )
        try:
            return within(self._total_s, lambda: self._ask(client, messages), client.close)
        except TimeoutError as error:
            raise ModelUnavailable(self.name, str(error)) from error
        except _FAILURES as error:
            raise ModelUnavailable(self.name, _reason(error)) from error

    def _ask(self, client: ollama.Client, messages: list[dict[str, str]]) -> str:
        parts: list[str] = []
        size, done = 0, False
        with client:
            for chunk in client.chat(
                self.name, messages, stream=True, think=False, options={"temperature": 0, "seed": 0, "num_predict": 600}
            ):
                parts.append(chunk.message.content or "")
                size += len(parts[-1])
                if size > LONGEST_ANSWER:
                    raise ModelUnavailable(self.name, f"the answer is longer than {LONGEST_ANSWER} characters")
                done = bool(chunk.done)
        if not done:
            # The client library takes a stream that was cut off for a whole answer.
            raise ModelUnavailable(self.name, "the answer was cut off")
        answer = _THOUGHTS.sub("", "".join(parts)).strip()
        if not answer:
            raise ModelUnavailable(self.name, "the answer is empty")
        return answer


def status(base_url: str, *, total_s: float = 4.0) -> OllamaStatus:
    """Ask a server for its version and models; never raises for a server that is absent or odd.

    Raises:
        BadInput: the address is not an http or https address of a host.
    """
    url = server_address(base_url)
    timeout = httpx.Timeout(min(total_s, CONNECT_S))
    client = httpx.Client(
        base_url=url, timeout=timeout, trust_env=False, follow_redirects=False, transport=LimitedTransport()
    )

    def ask() -> OllamaStatus:
        with client:
            answers = [client.get(path).raise_for_status().json() for path in ("/api/version", "/api/tags")]
        version, models = str(answers[0]["version"]), [str(model["name"]) for model in answers[1]["models"]]
        return OllamaStatus(
            reachable=True, version=version, models=models, reason="" if models else "the server has no model"
        )

    try:
        return within(total_s, ask, client.close)
    except _FAILURES as error:
        return OllamaStatus(reachable=False, reason=f"{url}: {_reason(error)}")


def server_address(base_url: str) -> str:
    """Return the address with its port; raises `BadInput` for what is not an http or https address of a host."""
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        port = parts.port
    except ValueError as error:
        raise BadInput(str(error), where=f"ollama_url {base_url!r}", hint="Such as http://127.0.0.1:11434") from error
    if not usable:
        raise BadInput(
            "is not the address of a server", where=f"ollama_url {base_url!r}", hint="Such as http://127.0.0.1:11434"
        )
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    # The client library would make port 80 of an address without one.
    return f"{parts.scheme}://{host}:{port or (443 if parts.scheme == 'https' else 11434)}{parts.path.rstrip('/')}"


def _reason(error: Exception) -> str:
    if isinstance(error, ollama.ResponseError):
        if 300 <= error.status_code < 400:
            return f"it answered with a redirect ({error.status_code}), which is not followed"
        return f"{_short(error.error) or 'error'}" + (f" (HTTP {error.status_code})" if error.status_code > 0 else "")
    if isinstance(error, httpx.HTTPStatusError):
        return f"it answered HTTP {error.response.status_code}"
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return "it could not be reached in time"
    if isinstance(error, (httpx.ConnectError, ConnectionError)):
        return "nothing listens there"
    if isinstance(error, httpx.TimeoutException):
        return "it fell silent"
    if isinstance(error, httpx.HTTPError):
        return f"the connection broke ({type(error).__name__})"
    if isinstance(error, TimeoutError):
        return str(error)
    return f"it does not speak Ollama's protocol ({type(error).__name__})"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"
