"""Logs: one JSON object a line, with nothing in it that opens a door."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_HIDDEN = "(hidden)"
_SECRET = re.compile(
    r"xox[a-z](\.xox[a-z])?-[\w-]+|xapp-[\w-]+|[Bb]earer\s+[\w.~+/=-]+|\bKEY[0-9A-F]{8,}\w*"
    r"""|LPA:1\$[^\s"']+"""
    r"""|(?<=://)[^\s/@"']*:[^\s/@"']*(?=@)"""  # name and password in an address
)
_SECRET_NAMES = re.compile(
    r"token|secret|password|api_?key|authorization|activation|response_url|set-cookie",
    re.IGNORECASE,
)


def configure_logs(level: str = "INFO") -> None:
    """Send our logs, and those of every library, to standard error as JSON lines."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_news)
    for noisy in ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that a token in the environment is not used by itself: that is as it should be."""
    return "will be unused" not in record.msg and "will be ignored" not in record.msg


def without_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide what looks like a token, a key, a password or an activation code, at any depth."""
    for name, value in event.items():
        event[name] = _hidden(name, value)
    return event


def _hidden(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name):
        return _HIDDEN
    if isinstance(value, Mapping):
        return {_clean(key): _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden("", inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _clean(value)


def _clean(value: object) -> str:
    """The text, or whatever else it is as text, without its secrets."""
    return _SECRET.sub(_HIDDEN, value if isinstance(value, str) else repr(value))
