"""Logs: one JSON object a line, without secrets."""

import json
import logging
import sys
from collections.abc import Iterable

import structlog

from bot.logs.libraries import RepeatLimit, without_library_text
from bot.logs.secrets import Censor, passwords_of

__all__ = ["Censor", "configure_logs", "passwords_of", "without_secrets"]

without_secrets = Censor()
"""Finds secrets by their form and their names only."""
_NOISY = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.access")


def configure_logs(level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """Write the logs of the bot and of its libraries to standard error, as JSON lines.

    `secrets` are values that are hidden wherever they stand.
    """
    ours: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        Censor(secrets),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_handler([without_library_text, *ours])], level=level, force=True)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


class _Handler(logging.StreamHandler):  # type: ignore[type-arg] # it is generic for type checkers only
    """Writes log lines; for one that can't be written, only the kind of failure."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Log the kind of failure; Python itself would print the whole message."""
        line = {"event": "unwritable_line", "level": "error", "logger": record.name}
        self.stream.write(json.dumps(line) + self.terminator)


def _handler(foreign: list[structlog.typing.Processor]) -> logging.Handler:
    handler = _Handler(sys.stderr)
    handler.addFilter(RepeatLimit())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=foreign,
            use_get_message=False,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    return handler


def _is_news(record: logging.LogRecord) -> bool:
    """False for Bolt's warning that it ignores a token in the environment: it should."""
    said = str(record.msg)
    return "will be unused" not in said and "will be ignored" not in said
