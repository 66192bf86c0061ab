"""A Kerberos realm of the tests' own: a KDC on loopback, its keys, and tickets for clients."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.debian import free_port, require, require_library, serving

REALM = "EXAMPLE.ORG"
PASSWORD = "open sesame"
SERVICE = "HTTP/localhost"

_CONF = """
[libdefaults]
  default_realm = {realm}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""
_KDC_CONF = """
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 10h
  }}
[logging]
  default = FILE:{folder}/kdc.log
"""


@dataclass
class Realm:
    """A running realm; `environment` is what clients and services of it need."""

    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen

    def run(self, *command, given="", **more):
        done = subprocess.run(
            command,
            input=given,
            env={**os.environ, **self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def admin(self, query):
        return self.run(require("kadmin.local", "krb5-admin-server"), "-r", REALM, "-q", query)

    def add(self, principal, password=PASSWORD):
        self.admin(f'addprinc -pw "{password}" {principal}')

    def keytab(self, name, *principals):
        path = self.folder / name
        for principal in principals:
            self.admin(f"addprinc -randkey {principal}")
            self.admin(f"ktadd -k {path} {principal}")
        return path

    def ticket(self, principal, *options):
        """Sign in as somebody; return the environment in which their tickets are found."""
        day = self.environment.get("FAKETIME", "")
        cache = self.folder / f"cc{day}-{principal.replace('/', '_')}"
        kinit = require("kinit", "krb5-user")
        self.run(kinit, *options, "-c", f"FILE:{cache}", principal, given=f"{PASSWORD}\n")
        return {**self.environment, "KRB5CCNAME": f"FILE:{cache}"}

    def token(self, environment):
        """Return what a browser would send, as the one whose tickets are in the environment."""
        return self.run(sys.executable, "-c", _TOKEN, **environment).strip()

    @contextmanager
    def yesterday(self):
        """Give an environment in which it is yesterday, with a KDC to match."""
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        if library is None:
            require("faketime", "faketime")
        port = free_port()
        for name in ("krb5.conf", "kdc.conf"):
            text = (self.folder / name).read_text()
            text = re.sub(r"(?<=127\.0\.0\.1:)\d+", str(port), text)
            (self.folder / f"old-{name}").write_text(text)
        old = {
            **self.environment,
            "KRB5_CONFIG": str(self.folder / "old-krb5.conf"),
            "KRB5_KDC_PROFILE": str(self.folder / "old-kdc.conf"),
            "LD_PRELOAD": str(library),
            "FAKETIME": "-1d",
        }
        kdc = require("krb5kdc", "krb5-kdc")
        with serving([kdc, "-n", "-r", REALM], port, self.folder, env={**os.environ, **old}):
            now, self.environment = self.environment, old
            try:
                yield old
            finally:
                self.environment = now


_TOKEN = """
import base64, gssapi
name = gssapi.Name("HTTP@localhost", gssapi.NameType.hostbased_service)
spnego = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
context = gssapi.SecurityContext(name=name, mech=spnego, usage="initiate")
print(base64.b64encode(context.step()).decode())
"""


@contextmanager
def realm(folder):
    """Start a realm."""
    require_library("gssapi", "gcc libkrb5-dev; make clean install")
    kdc, util = require("krb5kdc", "krb5-kdc"), require("kdb5_util", "krb5-kdc")
    port = free_port()
    (folder / "krb5.conf").write_text(_CONF.format(realm=REALM, port=port))
    (folder / "kdc.conf").write_text(_KDC_CONF.format(realm=REALM, port=port, folder=folder))
    (folder / "rcache").mkdir()
    environment = {
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5RCACHEDIR": str(folder / "rcache"),
    }
    whole = {**os.environ, **environment}
    create = [util, "-r", REALM, "create", "-s", "-P", "master"]
    made = subprocess.run(create, env=whole, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    with serving([kdc, "-n", "-r", REALM], port, folder, env=whole) as process:
        yield Realm(folder, environment, process)
