"""Finds a Chromium: the machine's own, or else Playwright's.

As a command it says whether there is one, and tries to install Playwright's where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # which root may not use, as in containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""What it is started with: nothing that calls out by itself."""
INSTALL_SECONDS = 180
MISSING = (
    "There is no Chromium on this machine. Install one: apt-get install chromium, "
    "or .venv/bin/playwright install chromium."
)
LEFT_OUT = "The browser tests are LEFT OUT."


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def is_demanded() -> bool:
    """Whether a missing browser is a failure: in continuous integration."""
    return bool(os.environ.get("CI"))


def install() -> bool:
    """Let Playwright download its own Chromium; whether that worked."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)  # noqa: S603 - fixed words
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> int:
    """Say plainly when there is none; the exit code is 1 when there must be one."""
    if find() is not None:
        return 0
    sys.stderr.write("Looking for a Chromium: downloading Playwright's own, if that is possible\n")
    if install() and find() is not None:
        return 0
    sys.stderr.write(f"{MISSING}\n")
    if not is_demanded():
        sys.stderr.write(f"{LEFT_OUT}\n")
    return 1 if is_demanded() else 0


if __name__ == "__main__":
    sys.exit(main())
