"""Times as operators write them: `2h` and `7d` ago, or a date."""

from datetime import UTC, datetime, timedelta

from bot.errors import SettingsError
from bot.settings.durations import seconds_in


def time_of(text: str | None) -> datetime | None:
    """The time that this text means; None for none. Raises SettingsError with examples."""
    if text is None:
        return None
    try:
        return _date(text) if "-" in text.strip().lstrip("-") else _ago(text)
    except (ValueError, OverflowError) as failure:
        raise SettingsError(
            f"--since {text!r} is no time: write how long ago, for example 2h or 7d, or a date, "
            "for example 2026-01-31 or 2026-01-31T09:30 (UTC)."
        ) from failure


def _date(text: str) -> datetime:
    time = datetime.fromisoformat(text.strip())
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _ago(text: str) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds_in(text))
