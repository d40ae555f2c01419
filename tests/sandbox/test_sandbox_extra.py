"""What the sandbox alone needs is an extra: the bot runs without it."""

from __future__ import annotations

import subprocess
import sys

import pytest

MISSING = """
import sys
sys.modules.update(dict.fromkeys(("jinja2", "markupsafe")))  # as if they were not installed
"""
DEMO = """
from bot.__main__ import main
sys.argv = ["esim-bot", "demo", "--once", "/esim help"]
main()
"""


def without_extra(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process that lacks the packages of the extra."""
    command = [sys.executable, "-c", MISSING + code]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own code


MODULES = ["bot.__main__", "bot.bootstrap", "bot.operating.doctor", "handlers"]


@pytest.mark.parametrize("module", MODULES)
def test_the_bot_does_without(module: str) -> None:
    """The bot, its commands and its handlers import nothing of the extra."""
    done = without_extra(f"import {module}")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_demo_says_what_is_missing() -> None:
    """Without the extra the demo says in a sentence how to install it, and exits with 1."""
    done = without_extra(DEMO)
    assert done.returncode == 1
    assert done.stderr == "The sandbox needs more packages: pip install 'esim-bot[sandbox]'\n"
    assert done.stdout == ""
