"""A provider of an installed package: the bot knows it; one that is broken stops no other."""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from far_side.kiosk_server import KioskServer
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.processes.commands import ended

pytestmark = pytest.mark.timeout(240)  # pip, and processes: seconds, on a busy machine more
EXAMPLE = Path(__file__).parents[2] / "examples" / "kiosk"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install a copy of the example by pip, into a folder of its own; nothing is downloaded."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source / "kiosk", ignore=shutil.ignore_patterns("__pycache__"))
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    done = subprocess.run(  # noqa: S603 - pip, with a folder of ours
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", *options),
            *("--target", str(target), str(source / "kiosk")),
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not (target / "far_side").exists()
    return target


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """Start a workspace."""
    slack = await SlackSandbox.start()
    yield slack
    await slack.stop()


@pytest.fixture
async def kiosk() -> AsyncIterator[KioskServer]:
    """Open a kiosk."""
    kiosk = await KioskServer.start()
    yield kiosk
    await kiosk.stop()


@pytest.fixture
async def around(
    slack: SlackSandbox, kiosk: KioskServer, tmp_path: Path
) -> AsyncIterator[dict[str, str]]:
    """Start Telnyx beside them; the settings of a bot between all three."""
    telnyx = await TelnyxSandbox.start()
    settings = environment(slack, telnyx, tmp_path)
    yield settings | {"KIOSK_KEY": kiosk.key, "KIOSK_URL": kiosk.url}
    await telnyx.stop()


async def doctor(settings: dict[str, str], *folders: Path) -> tuple[int, str]:
    """What the doctor says with these folders on the path of modules."""
    path = {"PYTHONPATH": ":".join(map(str, folders))}
    return await ended(settings | path, "doctor", "--env-file", "/dev/null")


async def test_it_is_known_by_its_entry_point(around: dict[str, str], installed: Path) -> None:
    """Its settings are there, so its checks are asked beside those of the bot's own provider."""
    code, said = await doctor(around, installed)
    assert "Kiosk: tells its prices." in said
    assert "Telnyx: the key works." in said
    assert code < 2, said


async def test_it_is_bought_from(
    slack: SlackSandbox, kiosk: KioskServer, around: dict[str, str], installed: Path
) -> None:
    """From the typed line, by its price and an approval, to the ICCID in the thread."""
    bot = await BotProcess.start(around | {"PYTHONPATH": str(installed)})
    try:
        slack.connect(f"{bot.url}/slack/events")
        await slack.person("ana").types("/esim buy 1 from=kiosk plan=japan-5")
        await slack.until(lambda: "€9.00" in "".join(m.plain() for m in slack.messages("ops")))
        (card,) = slack.messages("ops")
        assert "Buy 1 eSIM from Kiosk?" in card.plain()
        await slack.person("ben").clicks("Approve", card)
        await slack.until(lambda: slack.thread(card))
        (sim,) = kiosk.sims
        assert sim["iccid"] in slack.thread(card)[0].plain()
        assert sim["lpa"] not in slack.transcript(None)
    finally:
        await bot.stop()


async def test_without_its_settings_it_is_off(around: dict[str, str], installed: Path) -> None:
    """A package that is only installed changes nothing."""
    del around["KIOSK_KEY"]
    code, said = await doctor(around, installed)
    assert "Kiosk" not in said
    assert code < 2, said


async def test_it_is_enough(around: dict[str, str], installed: Path) -> None:
    """Who buys from it alone needs no key of another provider."""
    del around["TELNYX_API_KEY"]
    _, said = await doctor(around, installed)
    assert "Kiosk: tells its prices." in said
    assert "Telnyx" not in said


async def test_its_wrong_key_is_told(around: dict[str, str], installed: Path) -> None:
    """By its own check, with what to mend, and without the key."""
    code, said = await doctor(around | {"KIOSK_KEY": "another-key"}, installed)
    assert "KIOSK_KEY" in said
    assert "another-key" not in said
    assert code == 2


async def test_a_broken_one_is_told_and_stops_no_other(
    around: dict[str, str], installed: Path, tmp_path: Path
) -> None:
    """One sentence to the operator; the others are asked as ever."""
    info = tmp_path / "packages" / "cellar-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cellar\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[esim_bot.providers]\ncellar = no_such_module:made\n")
    _, said = await doctor(around, installed, info.parent)
    assert "The provider cellar of an installed package can't be used" in said
    assert "Kiosk: tells its prices." in said
    assert "Telnyx: the key works." in said


async def test_a_provider_that_nobody_installed(around: dict[str, str]) -> None:
    """To buy from it as the usual one is refused in a sentence that says which there are."""
    code, said = await doctor(around | {"ESIM_PROVIDER": "kiosk"})
    assert "ESIM_PROVIDER is kiosk, which is not set up; there is telnyx" in said
    assert "Traceback" not in said
    assert code == 2
