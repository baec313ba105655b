"""Tests of the connection that `cnncourse lab` carries messages by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.utils.importstring import import_item

from cnncourse import _jupyter
from cnncourse._lab_connection import PromptConnection


def test_the_lab_is_started_with_a_connection_that_exists():
    options = _jupyter._options(Path("notebooks"), port=8888, browser=False)
    [named] = [one for one in options if "connection_class" in one]
    assert import_item(named.partition("=")[2]) is PromptConnection


def test_small_messages_are_set_to_leave_at_once_before_any_is_carried(monkeypatch: pytest.MonkeyPatch):
    done: list[Any] = []

    class Handler:
        def set_nodelay(self, value: bool) -> None:
            done.append(("nodelay", value))

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connected"))
    connection = PromptConnection.__new__(PromptConnection)
    monkeypatch.setattr(PromptConnection, "websocket_handler", Handler())
    connection.connect()
    assert done == [("nodelay", True), "connected"]
