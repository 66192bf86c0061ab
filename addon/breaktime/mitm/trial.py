"""
The same policy under plain mitmdump or mitmweb, to try it and to look inside.

Not for production: mitmproxy lets traffic through that no hook sees, and goes on without an
addon whose file has gone. `breaktime run` has neither fault.
"""

from pathlib import Path

from mitmproxy import ctx, exceptions, http, tls
from mitmproxy.addonmanager import Loader
from mitmproxy.connection import Client

from breaktime.audit import DayFiles, Recorder, Writer
from breaktime.config import ConfigError, load
from breaktime.core.decide import decide
from breaktime.ledger import open_ledger
from breaktime.mitm.addon import Breaktime
from breaktime.mitm.books import Books
from breaktime.mitm.clock import system_clock
from breaktime.mitm.leases import Leases
from breaktime.mitm.observe import Tunnel
from breaktime.mitm.policing import concerns
from breaktime.mitm.signin import SignIn
from breaktime.mitm.state import State, open_for


class Trial:
    """An addon for `mitmdump -s addon/breaktime_addon.py --set breaktime_config=FILE`."""

    def __init__(self) -> None:
        """Wait for the configuration."""
        self._state: State | None = None
        self._recorder: Writer | None = None
        self._inner: Breaktime | None = None
        self._tunnels: dict[str, Tunnel] = {}

    def load(self, loader: Loader) -> None:
        """Declare the option, and refuse what would let traffic past the hooks."""
        loader.add_option("breaktime_config", str, "", "The breaktime configuration file.")
        ctx.options.update(connection_strategy="lazy", rawtcp=False)

    def configure(self, updated: set[str]) -> None:
        """Load the configuration; a bad one is refused and the old one stays."""
        if "breaktime_config" not in updated or not ctx.options.breaktime_config:
            return
        try:
            loaded = load(Path(ctx.options.breaktime_config))
            state = State(open_for(loaded))
            directory = loaded.settings.records.directory
            self.done()
            self._recorder = Writer(Recorder(DayFiles(directory, "trial"), "trial"), system_clock)
        except ConfigError as error:
            raise exceptions.OptionsError("\n".join(map(str, error.problems))) from error
        except OSError as error:
            raise exceptions.OptionsError(f"the audit log cannot be written: {error}") from error
        self._state = state
        ledger = loaded.settings.ledger
        self._books = Books(lambda: open_ledger(ledger.path, ledger.url), system_clock, "trial")
        self._inner = Breaktime(
            state,
            self._recorder,
            SignIn(self._recorder, system_clock),
            system_clock,
            Leases(
                lambda _: None,
                lambda asked, at, usage: decide(state.now.policy, asked, at, usage=usage),
            ),
            self._tunnels.get,
            _no_address,
            self._books.usage,
        )

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Remember what the tunnel is for."""
        client = flow.client_conn
        self._tunnels[client.id] = Tunnel(client.id, client.peername[0], host=flow.request.host)

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Leave alone what is none of our business."""
        tunnel = self._tunnels.get(data.context.client.id)
        address = data.context.server.address
        if self._state is None or tunnel is None or address is None:
            return
        tunnel.sni = data.client_hello.sni
        names = tuple(name for name in (address[0], tunnel.sni) if name)
        data.ignore_connection = not concerns(self._state.now, names)

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Judge one request; without a configuration nothing passes."""
        if self._inner is None:
            flow.kill()
        else:
            await self._inner.requestheaders(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse what has no verdict."""
        if self._inner is not None:
            self._inner.request(flow)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Stream answers."""
        if self._inner is not None:
            self._inner.responseheaders(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        """Note the end of an answer."""
        if self._inner is not None:
            self._inner.response(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """Note an end without an answer; record that an allowed site could not be reached."""
        if self._inner is not None:
            self._inner.error(flow)

    def client_disconnected(self, client: Client) -> None:
        """Forget a connection."""
        if self._inner is not None:
            self._inner.client_disconnected(client)
        self._tunnels.pop(client.id, None)

    def done(self) -> None:
        """Close the audit log."""
        if self._recorder is not None:
            self._recorder.close()


async def _no_address(host: str, port: int, client: str) -> tuple[str, ...]:  # noqa: ARG001  as the gateway asks
    """Look nothing up: mitmproxy connects by itself here."""
    return ()
