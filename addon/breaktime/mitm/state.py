"""What is in force now: one reference, replaced whole."""

import hashlib
from dataclasses import dataclass

from breaktime.config import Loaded, Settings
from breaktime.config.opening import open_providers
from breaktime.core.policy import Policy
from breaktime.identity import Provider
from breaktime.pages import Contact, PageSettings


@dataclass(frozen=True, slots=True)
class InForce:
    """
    One configuration with all that was opened for it.

    Fields:
        policy, settings: as they were loaded.
        providers: who is asked who somebody is, in this order.
        pages: what every page shows.
        people: digest of the tables that people are recognised by.
    """

    policy: Policy
    settings: Settings
    providers: tuple[Provider, ...]
    pages: PageSettings
    people: str


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
    providers, _ = open_providers(loaded)
    return InForce(
        loaded.policy,
        loaded.settings,
        providers,
        page_settings(loaded.settings),
        _digest(loaded.settings),
    )


def _digest(settings: Settings) -> str:
    digest = hashlib.sha256()
    for config in settings.identity:
        digest.update(repr(config).encode())
        for file in config.files(settings.base):
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def page_settings(settings: Settings) -> PageSettings:
    """Return what every page of the organisation shows."""
    page = settings.page
    contact = Contact()
    if page.help is not None:
        contact = Contact(page.help.name, page.help.phone, page.help.email, page.help.hours)
    return PageSettings(contact, page.policy or "", page.questions or "")
