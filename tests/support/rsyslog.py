"""A real rsyslog of Debian, listening here, over TCP or TLS; what it took stands in a file."""

import socket
import subprocess
import time
from pathlib import Path

from support.debian import POLLS, require

CONFIG = """\
global(workDirectory="{folder}" maxMessageSize="16k"
       defaultNetstreamDriverCAFile="{folder}/ca.pem"
       defaultNetstreamDriverCertFile="{folder}/server.pem"
       defaultNetstreamDriverKeyFile="{folder}/server.key")
module(load="imtcp" {driver})
input(type="imtcp" address="127.0.0.1" port="{port}" listenPortFileName="{folder}/port")
template(name="raw" type="string" string="%rawmsg%\\n")
template(name="msg" type="string" string="%msg%\\n")
action(type="omfile" file="{folder}/taken" template="raw" asyncWriting="off" flushOnTXEnd="on")
action(type="omfile" file="{folder}/said" template="msg" asyncWriting="off" flushOnTXEnd="on")
"""

TLS = 'streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon"'

WAIT = 30.0


class Rsyslog:
    """A server that a test starts and stops; it keeps its port."""

    def __init__(self, folder, authority=None, name="127.0.0.1"):
        """Make a server in a folder, for TLS with a certificate of an authority."""
        self.program = require("rsyslogd", "rsyslog rsyslog-openssl")
        self.folder = folder
        self.port = 0
        self.tls = authority is not None
        self.process = None
        if authority is not None:
            require_driver()
            certificate = authority.issue_cert(name)
            authority.cert_pem.write_to_path(folder / "ca.pem")
            certificate.private_key_pem.write_to_path(folder / "server.key")
            for blob in certificate.cert_chain_pems:
                blob.write_to_path(folder / "server.pem", append=True)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        config = self.folder / "rsyslog.conf"
        driver = TLS if self.tls else ""
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, driver=driver))
        (self.folder / "port").unlink(missing_ok=True)
        command = [self.program, "-n", "-f", config, "-i", self.folder / "pid"]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
            )
        self.port = int(self._await(self._listens if self.port else self._port))

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def taken(self, count, what="taken"):
        """Return the messages once there are so many."""
        return self._await(lambda: self._lines(what, count))

    def _lines(self, what, count):
        path = self.folder / what
        lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
        return lines if len(lines) >= count else None

    def _port(self):
        path = self.folder / "port"
        found = path.read_text().strip() if path.exists() else ""
        return found if found.isdigit() else None

    def _listens(self):
        """Return the port once it can be connected to: rsyslog writes down only one it chose."""
        try:
            socket.create_connection(("127.0.0.1", self.port), WAIT).close()
        except ConnectionRefusedError:
            return None
        return self.port

    def _await(self, ready):
        for _ in range(10 * POLLS):
            if (found := ready()) is not None:
                return found
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)  # another process works; nothing tells when
        raise AssertionError((self.folder / "log").read_text()[-2000:])


def require_driver():
    """Make sure that rsyslog can speak TLS."""
    found = [*Path("/usr/lib").glob("*/rsyslog/lmnsd_ossl.so")]
    found += Path("/usr/lib/rsyslog").glob("lmnsd_ossl.so")
    if not found:
        require("rsyslog's module lmnsd_ossl", "rsyslog-openssl")
