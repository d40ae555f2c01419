"""Values as people write them are read as what they mean."""

from pathlib import Path

import pytest

from bot.settings import AdminAddress, load_settings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("U012AB3CD", ("U012AB3CD",)),
        ("U012AB3CD,W045EF6GH", ("U012AB3CD", "W045EF6GH")),
        (" U012AB3CD , U045EF6GH,, ", ("U012AB3CD", "U045EF6GH")),
        ("U012AB3CD U045EF6GH\nU089JK1LM", ("U012AB3CD", "U045EF6GH", "U089JK1LM")),
        (",", ()),
    ],
)
def test_a_list_as_people_write_it(
    environment: pytest.MonkeyPatch, written: str, read: tuple[str, ...]
) -> None:
    """Commas, spaces and line breaks may stand between the parts."""
    environment.setenv("ESIM_APPROVERS", written)
    assert load_settings().esim_approvers == read


def test_values_of_every_kind(environment: pytest.MonkeyPatch) -> None:
    """Numbers, lists of them, words and folders are read as what they are."""
    environment.setenv("ESIM_LOOKUP_DELAYS", "0.5, 1 2")
    environment.setenv("ESIM_NOTIFY_CHANNELS", "C012AB3CD,G045EF6GH")
    environment.setenv("ESIM_DEFAULT_STATUS", "enabled")
    environment.setenv("ESIM_DATA_DIR", "/var/lib/esim-bot")
    environment.setenv("PORT", "0")
    settings = load_settings()
    assert settings.esim_lookup_delays == (0.5, 1.0, 2.0)
    assert settings.esim_notify_channels == ("C012AB3CD", "G045EF6GH")
    assert settings.esim_default_status == "enabled"
    assert (settings.esim_data_dir, settings.port) == (Path("/var/lib/esim-bot"), 0)


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("PORT", "1_000", 1000),
        ("PORT", "\uff18\uff10\uff18\uff10", 8080),
        ("PORT", " 3000\r", 3000),
        ("ESIM_MAX_AMOUNT", "'50'", 50),
        ("LOG_LEVEL", "info", "INFO"),
        ("LOG_LEVEL", "Warn", "WARNING"),
        ("ESIM_DEFAULT_STATUS", "Standby", "standby"),
        ("ESIM_CURRENCY", "eur", "EUR"),
        ("ESIM_HOST", "[::1]", "::1"),
        ("ESIM_DATA_DIR", "~/esim", Path("~/esim").expanduser()),
        ("ESIM_ADMIN_ADDR", "localhost:9000", AdminAddress("localhost", 9000)),
        ("ESIM_ADMIN_ADDR", "[::1]:0", AdminAddress("::1", 0)),
        ("ESIM_ADMIN_ADDR", "", None),
        ("ESIM_ADMIN_ADDR", "off", None),
        ("ESIM_APPROVERS", "U012AB3CD;U045EF6GH", ("U012AB3CD", "U045EF6GH")),
    ],
)
def test_what_can_only_mean_one_thing_is_read(
    environment: pytest.MonkeyPatch, name: str, written: str, read: object
) -> None:
    """Wide digits, groups, small letters, quotation marks of a file that keeps them."""
    environment.setenv(name, written)
    assert getattr(load_settings(), name.lower()) == read
