"""Tabs that go away leave no errors in the log; all other errors stay."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.protocol import Protocol
from bokeh.server.connection import ServerConnection
from bokeh.server.protocol_handler import ProtocolHandler
from bokeh.server.session import ServerSession
from tornado.ioloop import IOLoop

from workbench.faces.rest.quiet import hear_nothing_of_gone_tabs


async def errors_of(session_id: str, gone: bool, caplog: pytest.LogCaptureFixture) -> list[Any]:
    """Send a patch that cannot be applied, from a tab that is there or gone; returns what the log was told."""
    hear_nothing_of_gone_tabs()
    protocol = Protocol()
    session = ServerSession(session_id, Document(), io_loop=IOLoop.current())
    connection = ServerConnection(protocol, None, None, session)
    if gone:
        connection.detach_session()
    message = protocol.assemble('{"msgtype": "PATCH-DOC", "msgid": "1"}', "{}", '{"events": [{"kind": "unheard of"}]}')

    answer = await ProtocolHandler().handle(message, connection)

    assert answer.header["msgtype"] == "ERROR"
    return [record.getMessage().splitlines()[0] for record in caplog.records if record.name.startswith("bokeh")]


def told(session_id: str, gone: bool, caplog: pytest.LogCaptureFixture) -> list[Any]:
    # In a thread of its own: the browser tests keep an event loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(errors_of(session_id, gone, caplog))).result()


def test_a_message_of_a_tab_that_is_gone_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    assert told("gone", True, caplog) == []


def test_any_other_error_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert told("there", False, caplog) == ["error handling message"]
