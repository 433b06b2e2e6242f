"""Google Drive by its documented protocol: a small server here stands for it; Google was not asked."""

from __future__ import annotations

from typing import Any

import pytest

from node_catalog.sources.gdrive import Gdrive
from tests.services.http import Request, http_server
from workbench.errors import SystemUnfit

pytestmark = pytest.mark.service

GOOGLE = "application/vnd.google-apps"


class Google:
    """Answers as Drive does; two files a page."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, Any]] = {
            "1": {"name": "a.txt", "mimeType": "text/plain", "in": "top", "content": b"one"},
            "2": {"name": "deep", "mimeType": f"{GOOGLE}.folder", "in": "top"},
            "3": {"name": "doc", "mimeType": f"{GOOGLE}.document", "in": "2", "content": b"exported"},
            "4": {"name": "form", "mimeType": f"{GOOGLE}.form", "in": "top"},
        }

    def answer(self, asked: Request) -> tuple[int, Any]:
        if asked.path == "/drive/v3/files":
            if "'top'" not in asked.query["q"] and "'2'" not in asked.query["q"]:
                return 404, {"error": {"message": "File not found: other."}}
            parent, begin = asked.query["q"].split("'")[1], int(asked.query.get("pageToken", 0))
            found = [(key, one) for key, one in sorted(self.files.items()) if one["in"] == parent]
            shown = [
                {"id": key, "modifiedTime": "2026-03-01T12:00:00.000Z", "version": len(one.get("content", b"")), **one}
                for key, one in found[begin : begin + 2]
            ]
            plain = [{name: value for name, value in one.items() if name != "content"} for one in shown]
            return 200, {"files": plain, **({"nextPageToken": str(begin + 2)} if len(found) > begin + 2 else {})}
        key, _, verb = asked.path.removeprefix("/drive/v3/files/").partition("/")
        if key not in self.files or (verb != "export" and asked.query.get("alt") != "media"):
            return 404, {}
        return 200, self.files[key]["content"]


def test_files_of_all_folders_are_followed(bench: Any) -> None:
    google = Google()
    with http_server(google.answer) as url:
        node = Gdrive(folder="top", endpoint=url, format="text", poll_s=0.05)
        table = node.build(source=bench.source(), secrets=lambda name: name)

        def steps(there: Any) -> None:
            there(lambda rows: sorted(row[:2] for row in rows) == [("a.txt#1", "one"), ("deep/doc#3", "exported")])
            google.files["1"]["content"] = b"changed"
            del google.files["3"]
            there(lambda rows: [row[:2] for row in rows] == [("a.txt#1", "changed")])

        assert [row[1] for row in bench.follow(table, steps)] == ["changed"]


def test_a_probe_says_what_is_there_or_why_not() -> None:
    with http_server(Google().answer) as url:
        node = Gdrive(folder="top", endpoint=url)

        assert node.probe(secrets=lambda name: name) == "gdrive://top: 2 files"
        with pytest.raises(SystemUnfit, match=r"answers 404.*File not found"):
            node.model_copy(update={"folder": "other"}).probe(secrets=lambda name: name)
        with pytest.raises(SystemUnfit, match="the secret is not a key of a service account"):
            node.model_copy(update={"service_account": "${secret:x}"}).probe(secrets=lambda name: "{broken")
