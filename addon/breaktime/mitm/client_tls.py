"""TLS with a client, in as few records as what is sent in one go needs."""

from typing import Final

from mitmproxy.proxy import commands, events, layer, layers
from mitmproxy.proxy.tunnel import TunnelState

TOGETHER: Final = 16_384
"""Bytes that are sent together at most: as many as one record of TLS holds."""


class ClientTls(layers.ClientTLSLayer):
    """
    TLS with a client.

    mitmproxy sends the head of an answer and its body in a record and a packet each, also where
    both are here at once. What is sent in one go, with nothing in between that anybody could see,
    is sent together; a line for our own log is none of that.
    """

    def event_to_child(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Pass an event on, and what comes of it back."""
        if self.tunnel_state is not TunnelState.OPEN:
            yield from super().event_to_child(event)
            return
        held, size = [], 0
        for command in self.child_layer.handle_event(event):
            if isinstance(command, commands.SendData):
                if command.connection != self.conn:
                    yield command
                    continue
                held.append(command.data)
                size += len(command.data)
                if size < TOGETHER:
                    continue
            elif isinstance(command, commands.Log):
                yield command
                continue
            if held:
                yield from self.send_data(b"".join(held))
                held, size = [], 0
            if not isinstance(command, commands.SendData):
                yield from self._handle_command(command)
        if held:
            yield from self.send_data(b"".join(held))
