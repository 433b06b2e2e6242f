"""Folders of Google Drive, over its HTTP interface of version 3."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from node_catalog._files.places import Entry
from workbench.errors import SystemUnfit, Unreachable

FOLDER = "application/vnd.google-apps.folder"
EXPORTED = {
    "application/vnd.google-apps.document": "text/plain",
    "application/vnd.google-apps.spreadsheet": "text/csv",
    "application/vnd.google-apps.presentation": "text/plain",
}
"""Google's own documents have no content; what each is exported as."""
_FIELDS = "nextPageToken,files(id,name,mimeType,size,modifiedTime,md5Checksum,version)"
TIMEOUT_S = 60


class Drive:
    """Files of a folder and of those in it; see `places.Place`."""

    def __init__(self, session: Any, endpoint: str, folder: str, where: str) -> None:
        """Prepare.

        Args:
            session: A session of requests that is logged in.
            endpoint: Address of the service.
            folder: Id of the folder.
            where: The folder, for errors.
        """
        self._session, self._url, self._folder, self._where = session, f"{endpoint}/drive/v3/files", folder, where

    def entries(self) -> Iterable[Entry]:
        """Return the files that are there now."""
        waiting, seen = [(self._folder, "")], {self._folder}
        while waiting:
            folder, path = waiting.pop()
            for one in self._listed(folder):
                kind = one["mimeType"]
                if kind == FOLDER:
                    if one["id"] not in seen:
                        seen.add(one["id"])
                        waiting.append((one["id"], f"{path}{one['name']}/"))
                elif kind in EXPORTED or not kind.startswith("application/vnd.google-apps."):
                    # Several files of a folder may have one name.
                    name = f"{path}{one['name']}#{one['id']}"
                    version = f"{one.get('md5Checksum') or one.get('version') or ''}-{one['modifiedTime']}"
                    modified = datetime.fromisoformat(one["modifiedTime"])
                    yield Entry(name, int(one.get("size", 0)), modified, version, f"{one['id']} {kind}")

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        """Fetch a file, or what it is exported as."""
        identity, _, kind = entry.id.partition(" ")
        form = EXPORTED.get(kind)
        path, asked = (f"/{identity}/export", {"mimeType": form}) if form else (f"/{identity}", {"alt": "media"})
        answer = self._get(path, {**asked, "supportsAllDrives": "true"})
        if answer.status_code == 404:
            raise FileNotFoundError(entry.path)
        yield io.BytesIO(self._checked(answer).content)

    def _listed(self, folder: str) -> Iterator[dict[str, Any]]:
        asked = {
            "q": f"'{folder}' in parents and trashed = false",
            "fields": _FIELDS,
            "pageSize": "1000",
            "supportsAllDrives": "true",
            "includeItemsFromAllDrives": "true",
        }
        while True:
            page = self._checked(self._get("", asked)).json()
            yield from page.get("files", ())
            if not page.get("nextPageToken"):
                return
            asked["pageToken"] = page["nextPageToken"]

    def _get(self, path: str, asked: dict[str, str]) -> Any:
        from google.auth.exceptions import RefreshError, TransportError
        from requests.exceptions import RequestException

        try:
            return self._session.get(self._url + path, params=asked, timeout=TIMEOUT_S)
        except RefreshError as error:
            raise SystemUnfit(self._where, f"the login is refused: {error.args[0]}") from error
        except (RequestException, TransportError) as error:
            raise Unreachable(self._where, type(error).__name__) from error

    def _checked(self, answer: Any) -> Any:
        if answer.ok:
            return answer
        said = f"answers {answer.status_code}: {' '.join(answer.text.split())[:300]}"
        if answer.status_code in (408, 429) or answer.status_code >= 500 or "ateLimitExceeded" in answer.text:
            raise Unreachable(self._where, said)
        raise SystemUnfit(self._where, said)
