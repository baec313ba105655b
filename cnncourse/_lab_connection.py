"""A connection between page and kernel whose small messages leave at once; `cnncourse lab` has JupyterLab use it."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter's own connection, without the wait for an acknowledgement between two small messages.

    The server answers a moved slider with several small messages. By Nagle's algorithm each waits until the browser has
    acknowledged the one before, which systems put off by up to 40 ms, twice the time that all the rest takes.
    """

    def connect(self) -> Any:
        """Begin to carry messages."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
