"""What is in force now: one reference, replaced whole."""

import hashlib
import ssl
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from breaktime.config import Loaded, Settings
from breaktime.config.opening import open_providers
from breaktime.core.policy import Policy
from breaktime.identity import Provider
from breaktime.pages import LAST_RESORT, Contact, Notices, PageSettings

if TYPE_CHECKING:
    from breaktime.identity.directory import Directory


@dataclass(frozen=True, slots=True)
class InForce:
    """
    One configuration with all that was opened for it.

    Fields:
        policy, settings: as they were loaded.
        providers: who is asked who somebody is, in this order.
        pages: what every page shows.
        people: digest of the tables that people are recognised by.
        directory: the directory of the organisation, where there is one.
        tls: what is spoken with clients that speak TLS to the proxy, or None.
        front_headers: headers in which a proxy in front names people; no origin sees them.
    """

    policy: Policy
    settings: Settings
    providers: tuple[Provider, ...]
    pages: PageSettings
    people: str
    directory: "Directory | None" = None
    front_headers: frozenset[str] = frozenset()
    tls: ssl.SSLContext | None = None
    notices: Notices = LAST_RESORT

    def close(self) -> None:
        """Let go of what was opened."""
        for provider in self.providers:
            provider.close()
        if self.directory is not None:
            self.directory.close()


class State:
    """Holds what is in force. A request reads it once, so it sees one configuration only."""

    __slots__ = ("now",)

    def __init__(self, first: InForce) -> None:
        """Begin with a configuration."""
        self.now = first


def open_for(loaded: Loaded) -> InForce:
    """
    Open what a configuration needs, such as the tables of identity providers.

    Raises:
        ConfigError: with every problem, at the place of the configuration that names the file.
    """
    pages = page_settings(loaded.settings)
    opened = open_providers(loaded)
    providers = opened.providers
    return InForce(
        loaded.policy,
        loaded.settings,
        providers,
        pages,
        _digest(loaded.settings, providers),
        opened.directory,
        frozenset[str]().union(*(provider.headers for provider in providers)),
        opened.tls,
        Notices.of(pages),
    )


_AT_ONCE = frozenset({
    "block_if_unwritable", "keep", "holds", "opens_in_breaks", "pinned", "preset", "looking",
    "concerns",
})  # fmt: skip
"""What is asked for each time it is needed."""


def after_restart(old: Settings, new: Settings) -> list[str]:
    """Return the keys that have changed and count only when the gateway starts again."""
    sections = (("gateway", old.gateway, new.gateway), ("records", old.records, new.records))
    return [
        f"{section}.{field.name}"
        for section, before, now in sections
        for field in fields(before)
        if field.name not in _AT_ONCE and getattr(before, field.name) != getattr(now, field.name)
    ]


def _digest(settings: Settings, providers: tuple[Provider, ...]) -> str:
    """Return a digest of what was read; the files themselves may be others by now."""
    common = f"{sorted(settings.domains)} {settings.directory!r}\n"
    digest = hashlib.sha256(common.encode())
    for config, provider in zip(settings.identity, providers, strict=True):
        digest.update(f"{config!r} {provider.digest}\n".encode())
    return digest.hexdigest()


def page_settings(settings: Settings) -> PageSettings:
    """Return what every page of the organisation shows."""
    page = settings.page
    contact = Contact()
    if page.help is not None:
        contact = Contact(page.help.name, page.help.phone, page.help.email, page.help.hours)
    return PageSettings(
        contact,
        page.policy or "",
        page.questions or "",
        "" if page.portal is None else f"https://{page.portal}",
        page.languages,
        page.design,
    )
