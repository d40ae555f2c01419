"""Which providers are set up, which one is bought from, and what is wrong with installed ones."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.providers.base import Provider
from bot.providers.celitech import Celitech
from bot.providers.registry import Registered, providers_of
from bot.settings import GROUP
from tests.support.harness.corner_shop import CornerShop
from tests.support.harness.sandboxes import settings_of

Made = Callable[[Mapping[str, str], object], Provider | None]


class Entry:
    """An entry point of an installed package."""

    def __init__(self, name: str, made: Made | Exception) -> None:
        self.name = name
        self._made = made

    def load(self) -> Made:
        """The factory; an error is raised when it is loaded."""
        if isinstance(self._made, Exception):
            raise self._made
        return self._made


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install packages that bring these."""

    def installed(*entries: Entry) -> None:
        def named(group: str) -> tuple[Entry, ...]:
            assert group == GROUP
            return entries

        monkeypatch.setattr("bot.providers.registry.entry_points", named)

    return installed


def registered(folder: Path, **settings: Any) -> Registered:
    """What is set up by these settings."""
    return providers_of(settings_of(folder, **settings), SystemClock(), {"SHOP_KEY": "k"})


def fails(error: Exception) -> Made:
    """A factory that raises it."""

    def made(_environment: Mapping[str, str], _clock: object) -> Provider:
        raise error

    return made


def shop(_environment: Mapping[str, str], _clock: object) -> Provider:
    """A factory that works."""
    return CornerShop()


def test_a_provider_is_on_when_its_settings_are_there(tmp_path: Path) -> None:
    """One is enough; the first is bought from when nobody says which."""
    assert list(registered(tmp_path).providers) == ["telnyx"]
    with pytest.raises(SettingsError, match="No provider is set up"):
        registered(tmp_path, telnyx_api_key=None)


def test_celitech_is_on_when_its_settings_are_there(tmp_path: Path) -> None:
    """Beside the other one, or alone; what it is set to is what it has."""
    celitech = {"celitech_client_id": "id", "celitech_client_secret": "secret"}
    assert list(registered(tmp_path, **celitech).providers) == ["telnyx", "celitech"]
    alone = registered(tmp_path, telnyx_api_key=None, celitech_emails="acme.example", **celitech)
    (made,) = alone.providers.values()
    assert isinstance(made, Celitech)
    assert "email" in [field.name for field in made.form.fields]


def test_a_package_may_bring_one(tmp_path: Path, install: Callable[..., None]) -> None:
    """It reads its settings itself, and may be the one that is bought from; it may be off."""
    asked: list[str] = []

    def made(environment: Mapping[str, str], _clock: object) -> Provider:
        asked.append(environment["SHOP_KEY"])
        return CornerShop()

    install(Entry("corner-shop", made), Entry("off", lambda _environment, _clock: None))
    found = registered(tmp_path)
    assert (list(found.providers), found.warnings, asked) == (["telnyx", "corner-shop"], (), ["k"])
    usual = registered(tmp_path, esim_provider="corner-shop")
    assert list(usual.providers) == ["corner-shop", "telnyx"]
    assert list(registered(tmp_path, telnyx_api_key=None).providers) == ["corner-shop"]


def test_the_usual_one_must_be_there(tmp_path: Path) -> None:
    """Nobody buys from another one than was meant."""
    with pytest.raises(SettingsError, match="ESIM_PROVIDER is celitech, which is not set up"):
        registered(tmp_path, esim_provider="celitech")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (Entry("corner-shop", ImportError("no")), "the code of this provider failed (ImportError"),
        (
            Entry("corner-shop", fails(ValueError("secret"))),
            "the code of this provider failed (ValueError",
        ),
        (Entry("corner-shop", fails(SettingsError("SHOP_KEY is wrong."))), "SHOP_KEY is wrong."),
        (Entry("other", shop), "its own name is another one"),
    ],
    ids=["not loaded", "raises", "settings", "name"],
)
def test_one_that_is_broken_stops_no_other(
    tmp_path: Path, install: Callable[..., None], entry: Entry, says: str
) -> None:
    """The operator is told in a sentence, without what may be secret; the others work."""
    install(entry, Entry("off", lambda _environment, _clock: None))
    found = registered(tmp_path)
    assert list(found.providers) == ["telnyx"]
    (warning,) = found.warnings
    assert warning.startswith(f"The provider {entry.name} of an installed package can't be used")
    assert says in warning
    assert "secret" not in warning


def test_no_package_takes_the_place_of_another(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    """The first one with a name has it."""
    install(Entry("corner-shop", shop), Entry("corner-shop", shop))
    found = registered(tmp_path)
    assert list(found.providers) == ["telnyx", "corner-shop"]
    assert "there is one with this name already" in found.warnings[0]
