"""Settings: what the file says besides the policy. All paths are absolute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from breaktime.config.looking import RecordsSettings, records_of
from breaktime.config.schema_directory import Directory
from breaktime.config.schema_file import Configuration
from breaktime.config.settings_gateway import GatewaySettings, gateway_settings
from breaktime.config.text import Endpoint
from breaktime.core.detail import Concern
from breaktime.core.policy import Policy
from breaktime.core.signin import canonical
from breaktime.identity import Config, DirectorySettings
from breaktime.pages.design import OURS, Design


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
class ProxyFileSettings:
    """
    What browsers are told by `/proxy.pac`.

    Fields:
        address: where they reach the gateway.
        everything: all sites go through it, and not only controlled ones.
    """

    address: Endpoint
    everything: bool


@dataclass(frozen=True, slots=True)
class PageSettings:
    """
    What people see: the block page, and the portal.

    Fields:
        organisation: its name.
        languages: `en` and `cy`, the first one first.
        help: whom people may ask, or None.
        policy: address of the policy on social media, or None.
        questions: address of frequent questions, or None.
        portal: name that the gateway answers for, or None.
        managers: who approves requests, by team.
        helpdesk: who may look at allowances.
        cases: folder for approved requests.
        documents: folder of the site, or None.
        design: sentences, templates and colours of the site, as they were at load.
        proxy_file: what browsers are told, or None.
    """

    organisation: str
    languages: tuple[str, ...]
    help: HelpSettings | None
    policy: str | None
    questions: str | None
    cases: Path
    portal: str | None = None
    managers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    helpdesk: frozenset[str] = frozenset()
    documents: Path | None = None
    design: Design = OURS
    proxy_file: ProxyFileSettings | None = None

    def manages(self, person: str) -> frozenset[str]:
        """Return the teams whose requests somebody decides."""
        return frozenset(team for team, people in self.managers.items() if person in people)


@dataclass(frozen=True, slots=True)
class Settings:
    """
    All that is not policy.

    Fields:
        base: folder of the main file, from which relative paths start.
        domains: canonical domains and realms of the people of the organisation.
        identity: how people are recognised, in this order; `open` gives each provider.
        directory: how to reach the directory, or None.
        gateway, records, ledger, page, ending: one for each section.
        updates: of the catalogue, or None if it stays as shipped.
        observed: what is closed is recorded, and not refused.
    """

    base: Path
    domains: frozenset[str]
    identity: tuple[Config, ...]
    directory: DirectorySettings | None
    gateway: GatewaySettings
    records: RecordsSettings
    ledger: LedgerSettings
    page: PageSettings
    ending: EndingSettings
    updates: UpdatesSettings | None = None
    observed: bool = False


def settings_of(
    model: Configuration,
    base: Path,
    design: Design = OURS,
    concerns: tuple[Concern, ...] = (),
    policy: Policy | None = None,
) -> Settings:
    """
    Return the settings of a configuration.

    Args:
        model: what the files say.
        base: folder of the main file.
        design: what the site has made its own of the pages.
        concerns: about whom more is recorded.
        policy: what was built of the rest.
    """
    records = model.records
    return Settings(
        base=base,
        domains=frozenset(canonical(one) for one in model.organisation.domains),
        identity=model.identity,
        directory=None if model.directory is None else _directory(model.directory, base),
        gateway=gateway_settings(model.gateway, base),
        records=records_of(model, base, concerns, policy),
        ledger=LedgerSettings(
            base / (model.ledger.path or Path(records.directory) / "ledger.sqlite"),
            model.ledger.url,
        ),
        page=_page(model, base, design),
        ending=EndingSettings(model.ending.warn_before, model.ending.grace),
        observed=model.mode == "observe",
        updates=None
        if model.catalogue is None
        else UpdatesSettings(base / model.catalogue.folder, model.catalogue.key),
    )


def _directory(model: Directory, base: Path) -> DirectorySettings:
    groups = model.groups
    return DirectorySettings(
        servers=model.servers,
        trust=tuple(base / each for each in model.trust),
        name=model.account.name,
        password=base / model.account.password_file,
        people=model.people.below,
        person=model.people.name,
        groups="" if groups is None else groups.below,
        group="cn" if groups is None else groups.name,
        member="member" if groups is None else groups.member,
        nested=groups is not None and groups.nested,
        seconds=model.timeout.total_seconds(),
        remember=model.remember.total_seconds(),
    )


def _page(model: Configuration, base: Path, design: Design) -> PageSettings:
    page = model.page
    asked, file = page.help, page.proxy_file
    return PageSettings(
        organisation=model.organisation.name,
        languages=tuple(dict.fromkeys(model.organisation.languages)),
        help=None
        if asked is None
        else HelpSettings(asked.name, asked.phone, asked.email, asked.hours),
        policy=page.policy,
        questions=page.questions,
        portal=page.portal,
        managers={team: frozenset(people) for team, people in page.managers.items()},
        helpdesk=frozenset(page.helpdesk),
        cases=base / page.cases,
        documents=None if page.documents is None else base / page.documents,
        design=design,
        proxy_file=None
        if file is None
        else ProxyFileSettings(file.address, file.send == "everything"),
    )
