"""An OpenLDAP of the tests' own, with certificates of a test authority."""

import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from support.debian import free_port, require, serving

BASE = "dc=example,dc=org"
ACCOUNT = f"cn=breaktime,{BASE}"
SECRET = "service secret"
PASSWORD = "open:sésame"

_CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
idletimeout {idle}
security ssf=1
database mdb
maxsize 10485760
suffix "{base}"
rootdn "{account}"
rootpw "{secret}"
directory {folder}/data
index uid,member eq
"""

_LDIF = """
dn: {base}
objectClass: dcObject
objectClass: organization
o: Exampleshire
dc: example

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=elsewhere,ou=people,{base}
objectClass: organizationalUnit
ou: elsewhere

dn: ou=groups,{base}
objectClass: organizationalUnit
ou: groups

{people}
dn: uid=twice,ou=elsewhere,ou=people,{base}
objectClass: inetOrgPerson
uid: twice
cn: twice
sn: twice
userPassword: {password}

dn: cn=GG-Legal,ou=groups,{base}
objectClass: groupOfNames
cn: GG-Legal
member: uid=a.jones,ou=people,{base}

dn: cn=GG-All,ou=groups,{base}
objectClass: groupOfNames
cn: GG-All
member: cn=GG-Legal,ou=groups,{base}
member: cn=GG-Round,ou=groups,{base}

dn: cn=GG-Round,ou=groups,{base}
objectClass: groupOfNames
cn: GG-Round
member: cn=GG-All,ou=groups,{base}

dn: ou=moved,ou=people,{base}
objectClass: referral
objectClass: extensibleObject
ou: moved
ref: ldap://127.0.0.1:1/ou=people,{base}
"""

_PERSON = """dn: uid={uid},ou=people,{base}
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: {uid}
userPassword: {password}
"""


@dataclass
class Slapd:
    """A running directory."""

    folder: Path
    port: int
    tls_port: int
    process: subprocess.Popen

    @property
    def section(self) -> str:
        """The configuration for it, by both ways of TLS."""
        return self.section_of(f"ldaps://localhost:{self.tls_port}")

    def section_of(self, *servers, extra="") -> str:
        return f"""
directory:
  servers: [{", ".join(servers)}]
  trust: [{self.folder}/ca.pem]
  account: {{name: "{ACCOUNT}", password_file: {self.folder}/secret}}
  people: {{below: "ou=people,{BASE}"}}
  groups: {{below: "ou=groups,{BASE}", nested: yes}}
  timeout: 1 second
  {extra}
"""

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


def prepare(folder, *, idle=0, host="localhost"):
    """Write configuration, certificates and data."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued = authority.issue_cert(host)
    issued.private_key_pem.write_to_path(folder / "server.key")
    for number, part in enumerate(issued.cert_chain_pems):
        part.write_to_path(folder / "server.pem", append=number > 0)
    (folder / "secret").write_text(SECRET + "\n")
    (folder / "data").mkdir()
    conf = _CONF.format(folder=folder, base=BASE, account=ACCOUNT, secret=SECRET, idle=idle)
    (folder / "slapd.conf").write_text(conf)
    people = "\n".join(
        _PERSON.format(uid=uid, base=BASE, password=PASSWORD)
        for uid in ("a.jones", "b.king", "twice", r"star*", "night")
    )
    (folder / "data.ldif").write_text(_LDIF.format(base=BASE, people=people, password=PASSWORD))
    add = [require("slapadd", "slapd"), "-f", folder / "slapd.conf", "-l", folder / "data.ldif"]
    done = subprocess.run(add, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@contextmanager
def running(folder, ports=None):
    """Start what was prepared."""
    port, tls_port = ports or (free_port(), free_port())
    urls = f"ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls_port}/"
    command = [require("slapd", "slapd"), "-d", "0", "-f", str(folder / "slapd.conf"), "-h", urls]
    with serving(command, tls_port, folder) as process:
        slapd = Slapd(folder, port, tls_port, process)
        try:
            yield slapd
        finally:
            slapd.thaw()


@contextmanager
def directory(folder, **how):
    """Start a directory with a few people and groups."""
    prepare(folder, **how)
    with running(folder) as slapd:
        yield slapd
