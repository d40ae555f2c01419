"""Checks the certificates that OpenSSL's variables name: a wrong one fails every TLS call."""

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

_DO = "name one that is there, or leave it out for the usual certificates"
_LONGEST = 200
"""Characters; a longer value is no path, and may be a pasted key."""


def certificate_problems(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that names no usable certificates."""
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    if file and (problem := _file_problem(Path(file))):
        yield f"SSL_CERT_FILE is wrong: {_shown(file)} {problem}\n      {_DO}"
    if (log := environment.get("SSLKEYLOGFILE")) and not _can_append(Path(log)):
        yield f"SSLKEYLOGFILE is wrong: {_shown(log)} can't be written to\n      leave it out"
    for part in (folder or "").split(":"):
        if part and not Path(part).is_dir():
            yield f"SSL_CERT_DIR is wrong: {_shown(part)} is no folder that is there\n      {_DO}"


def _shown(path: str) -> str:
    return path if len(path) <= _LONGEST and path.isprintable() and "@" not in path else "it"


def _file_problem(path: Path) -> str:
    try:
        # Not the default context: that reads the other variables too, and may fail by them.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except FileNotFoundError:
        return "is not there"
    except ssl.SSLError:
        return "holds no certificates (PEM)"
    except (OSError, ValueError) as failure:
        return f"can't be read ({getattr(failure, 'strerror', None) or 'it is no path'})"
    return ""


def _can_append(path: Path) -> bool:
    try:
        path.open("ab").close()
    except (OSError, ValueError):
        return False
    return True
