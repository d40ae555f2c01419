"""Makes each provider that is set up: those of the bot, and those of installed packages."""

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from bot.clock import Clock
from bot.errors import SettingsError
from bot.providers.base import Provider, Providers, fault_of
from bot.settings import GROUP, HOW_TO_GET, Settings

Factory = Callable[[Mapping[str, str], Clock], Provider | None]
"""What an entry point of the group names: makes a provider from the environment.

None: its settings are not there, so it is off. It raises SettingsError for settings of no use.
"""


class Registered(NamedTuple):
    """The providers that are set up."""

    providers: Providers
    """By name; the first is bought from when nobody says which."""
    warnings: tuple[str, ...]
    """What is wrong with providers of installed packages, as sentences."""


def providers_of(
    settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None
) -> Registered:
    """The providers whose settings are there.

    `environment`: what packages with a provider of their own read their settings from. What is
    wrong with one of these stops no other. Raises SettingsError for a key, address or proxy of no
    use, and where no provider is set up, or not the one that is to be bought from.
    """
    found = {each.name: each for each in _own(settings, clock)}
    warnings: list[str] = []
    for entry in entry_points(group=GROUP):
        made = _installed(entry, environment or {}, clock, known=found)
        if isinstance(made, str):
            warnings.append(made)
        elif made is not None:
            found[made.name] = made
    return Registered(_usual_first(found, settings.esim_provider), tuple(warnings))


def _own(settings: Settings, clock: Clock) -> Iterator[Provider]:
    """Those that the bot brings; the code of one that is not set up is not even read."""
    if settings.telnyx_api_key is not None:
        from bot.providers.telnyx import made  # noqa: PLC0415 - only where it is set up

        yield made(settings, clock)
    if settings.celitech_client_id is not None:
        from bot.providers.celitech import made as made_celitech  # noqa: PLC0415 - the same

        yield made_celitech(settings, clock)


def _installed(
    entry: EntryPoint, environment: Mapping[str, str], clock: Clock, *, known: Providers
) -> Provider | str | None:
    """The provider of a package; None when it is off, a sentence when it can't be used."""
    title = f"The provider {entry.name} of an installed package can't be used"
    try:
        made: Provider | None = entry.load()(environment, clock)
        wrong = made is not None and (made.name != entry.name or made.form.provider != made.name)
    except SettingsError as failure:
        return f"{title}: {failure}"
    except Exception as failure:  # noqa: BLE001 - whatever is wrong with it, the others work
        return f"{title}: {fault_of(failure)}."
    if wrong:
        return f"{title}: its own name is another one."
    if made is not None and made.name in known:
        return f"{title}: there is one with this name already."
    return made


def _usual_first(found: Mapping[str, Provider], usual: str | None) -> Providers:
    """The providers, the one first that is bought from when nobody says which."""
    if not found:
        raise SettingsError("No provider is set up: there is nothing to buy from.")
    if usual is not None and usual not in found:
        raise SettingsError(
            f"ESIM_PROVIDER is {usual}, which is not set up; there is {' and '.join(found)}. It is "
            f"{HOW_TO_GET['esim_provider']}."
        )
    first = usual or next(iter(found))
    return {first: found[first], **found}
