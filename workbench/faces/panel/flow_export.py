"""Ways out of Causeway for a flow: a plain program, and a container that is built, started and stopped from here."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller, Job
from workbench.faces.panel.look import card, html, render, stack, wrapping
from workbench.faces.panel.router import Router
from workbench.flow.graph import Flow


class FlowExport:
    """Writes the flow as a script or a container; lists containers where podman or docker is there."""

    def __init__(self, wb: Caller, router: Router, name: str, flow: Flow) -> None:
        self._wb, self._name = wb, name
        self._script, self._said, self._listed = html(""), html(""), html("")
        program = pmui.FileDownload(
            label="Download the program", callback=self._program, filename=f"{name}.py", size="small", margin=(4, 0)
        )
        program.variant = "outlined"
        self._folder = pmui.TextInput(
            label="Folder to write to", value=str(Path("~") / f"{name}-export"), size="small", width=380,
            margin=(4, 8, 4, 0),
        )  # fmt: skip
        self._port = pmui.TextInput(
            label="Port on this machine", value="8080", size="small", width=150, margin=(4, 8, 4, 0)
        )
        look: dict[str, Any] = {"size": "small", "variant": "outlined"}
        write = Job(wb, "Export", "export", lambda: self._arguments(flow=name, key="to"), self._tell, **look)
        build = Job(wb, "Build image", "container_build", lambda: self._arguments(key="folder"), self._tell, **look)
        start = Job(wb, "Start", "container_start", self._to_start, self._changed, **look)
        self.view = stack(
            card("As a program", self._script, program),
            card(
                "As a container",
                html(
                    '<p class="muted">Containerfile, compose file, Kubernetes manifests and a small control server; '
                    "nothing of Causeway is needed to run it.</p>"
                ),
                wrapping(self._folder, write.button, build.button, align_items="center"),
                wrapping(self._port, start.button, align_items="center"),
                write.status, build.status, start.status, self._said, self._listed,
            ),
        )  # fmt: skip
        self._script.object = render("flow_script.html.j2", **self._text())
        self._listed.object = '<p class="muted small" role="status">Looking for containers …</p>'
        # Asking a runtime takes up to some seconds, and a page does not wait for it.
        pn.state.execute(self.refresh)

    async def refresh(self) -> None:
        """List the containers as they are now."""
        try:
            self._changed(await asyncio.to_thread(self._wb.call, "container_list"))
        except CausewayError as error:
            self._listed.object = render("containers.html.j2", containers=[], said=str(error))

    async def act(self, act: str, of: str, _: Any) -> None:
        """Stop or remove a container; a flow may take half a minute to finish what it has read."""
        if act in ("container_stop", "container_remove"):
            doing = "Stopping" if act == "container_stop" else "Removing"
            self._listed.object += render("said.html.j2", text=f"{doing} {of} …")
            self._changed(await asyncio.to_thread(self._wb.call, act, name=of))

    def _arguments(self, key: str, **more: Any) -> dict[str, Any]:
        folder = (self._folder.value_input or self._folder.value).strip()
        return {key: str(Path(folder).expanduser()), **more}

    def _to_start(self) -> dict[str, Any]:
        return self._arguments(key="folder", port=(self._port.value_input or self._port.value).strip())

    def _tell(self, result: Any) -> None:
        text = result if isinstance(result, str) else result.text()
        self._said.object = render("said.html.j2", text=text)

    def _changed(self, containers: Any) -> None:
        self._listed.object = render("containers.html.j2", containers=list(containers), said="")

    def _text(self) -> dict[str, str]:
        try:
            return {"script": str(self._wb.call("flow_script", flow=self._name)), "said": ""}
        except CausewayError as error:
            return {"script": "", "said": str(error)}

    def _program(self) -> io.BytesIO:
        return io.BytesIO(str(self._wb.call("flow_script", flow=self._name)).encode())
