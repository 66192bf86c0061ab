"""Settings: what the file says besides the policy. All paths are absolute."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from breaktime.audit.witnesses import Witness
from breaktime.config.schema_file import Configuration
from breaktime.config.text import Endpoint
from breaktime.core.who import Network
from breaktime.identity import Config


@dataclass(frozen=True, slots=True)
class EndingSettings:
    """
    What happens when a break ends.

    Fields:
        warn_before: how long before the end people are told.
        grace: how long what has begun may go on afterwards.
    """

    warn_before: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """
    Where the gateway listens, and where it may connect to.

    Fields:
        listen: addresses with ports.
        mode: `regular`.
        ports: ports of other servers that people may reach.
        ca: folder with the certificate authority that browsers trust.
        trust: files with the authorities that the gateway trusts; empty for the system's.
        internal: private networks that people may reach; all others are refused.
    """

    listen: tuple[Endpoint, ...]
    mode: str
    ports: frozenset[int]
    ca: Path
    trust: tuple[Path, ...]
    internal: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class RecordsSettings:
    """
    What is written down, and where.

    Fields:
        directory: folder of the records.
        preset: `full`.
        names: `clear`.
        block_if_unwritable: refuse controlled platforms while records cannot be written.
        seal_keys: folder of the keys that records are sealed with.
        seal_every: how often they are sealed.
        witnesses: who is told of each seal.
    """

    directory: Path
    preset: str
    names: str
    block_if_unwritable: bool
    seal_keys: Path
    seal_every: timedelta
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """
    Where the ledger of flexible breaks is kept.

    Fields:
        path: file of an SQLite database.
        url: address of a PostgreSQL database that is used instead, or None. May hold a password.
    """

    path: Path
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class UpdatesSettings:
    """
    How the catalogue is kept up to date.

    Fields:
        folder: where editions of it are installed.
        key: public key of who signs them, 32 bytes, or None.
    """

    folder: Path
    key: bytes | None


@dataclass(frozen=True, slots=True)
class HelpSettings:
    """Whom people may ask; everything but the name may be empty."""

    name: str
    phone: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """
    What the block page says besides the times.

    Fields:
        organisation: its name.
        languages: `en` and `cy`, the first one first.
        help: whom people may ask, or None.
        policy: address of the policy on social media, or None.
        questions: address of frequent questions, or None.
    """

    organisation: str
    languages: tuple[str, ...]
    help: HelpSettings | None
    policy: str | None
    questions: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """
    All that is not policy.

    Fields:
        base: folder of the main file, from which relative paths start.
        identity: how people are recognised, in this order; `open(base)` gives each provider.
        gateway, records, ledger, page, ending: one for each section.
        updates: of the catalogue, or None if it stays as shipped.
    """

    base: Path
    identity: tuple[Config, ...]
    gateway: GatewaySettings
    records: RecordsSettings
    ledger: LedgerSettings
    page: PageSettings
    ending: EndingSettings
    updates: UpdatesSettings | None = None


def settings_of(model: Configuration, base: Path) -> Settings:
    """Return the settings of a configuration whose main file is in the folder *base*."""
    gateway, records = model.gateway, model.records
    listen = gateway.listen
    return Settings(
        base=base,
        identity=model.identity,
        gateway=GatewaySettings(
            listen=(listen,) if isinstance(listen, Endpoint) else tuple(dict.fromkeys(listen)),
            mode=gateway.mode,
            ports=frozenset(gateway.ports),
            ca=base / gateway.ca,
            trust=tuple(base / each for each in gateway.trust),
            internal=gateway.internal,
        ),
        records=RecordsSettings(
            directory=base / records.directory,
            preset=records.preset,
            names=records.names,
            block_if_unwritable=records.if_records_cannot_be_written == "block",
            seal_keys=base / records.seal_keys,
            seal_every=records.seal_every,
            witnesses=tuple(each.beside(base) for each in records.witnesses),
        ),
        ledger=LedgerSettings(
            base / (model.ledger.path or Path(records.directory) / "ledger.sqlite"),
            model.ledger.url,
        ),
        page=_page(model),
        ending=EndingSettings(model.ending.warn_before, model.ending.grace),
        updates=None
        if model.catalogue is None
        else UpdatesSettings(base / model.catalogue.folder, model.catalogue.key),
    )


def _page(model: Configuration) -> PageSettings:
    page = model.page
    asked = page.help
    return PageSettings(
        organisation=model.organisation.name,
        languages=tuple(dict.fromkeys(model.organisation.languages)),
        help=None
        if asked is None
        else HelpSettings(asked.name, asked.phone, asked.email, asked.hours),
        policy=page.policy,
        questions=page.questions,
    )
