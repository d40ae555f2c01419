"""An environment in which just what is needed is set."""

import os
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.support.written import NEEDED

_AROUND = ("PROXY", "SSL_CERT", "SSLKEYLOGFILE")
"""Parts of names by which the machine's own environment would be looked at, too."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Set what is needed, and nothing else; work in a folder of its own, without a `.env`."""
    for name in list(os.environ):
        if any(part in name.upper() for part in _AROUND):
            monkeypatch.delenv(name)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return monkeypatch
