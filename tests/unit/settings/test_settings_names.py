"""A name that is no setting, but was meant as one, is told: in the environment and in a file."""

from pathlib import Path

import pytest

from bot.settings.loading import Written, load_settings, warnings_of, written
from bot.settings.names import misspelt
from tests.support.written import NEEDED


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ESIM_APROVERS", "ESIM_APPROVERS"),
        ("ESIM_APPROVER", "ESIM_APPROVERS"),
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("TELNYX_APIKEY", "TELNYX_API_KEY"),
        ("ESIM_NOTIFY_CHANNEL", "ESIM_NOTIFY_CHANNELS"),
    ],
)
def test_a_misspelt_name_is_noticed(name: str, meant: str) -> None:
    """An approver list under a wrong name would silently mean that nobody may approve."""
    assert misspelt({name: "x"}) == {name: meant}


@pytest.mark.parametrize(
    "name", ["ESIM_APPROVERS", "SLACK_TEAM", "ESIM_BACKUP_TARGET", "PATH", "APPROVERS", "PROT"]
)
def test_other_names_are_left_alone(name: str) -> None:
    """Right names, names of other programs, and what resembles nothing raise no alarm."""
    assert misspelt({name: "x"}) == {}


def warned(env: dict[str, str], file: dict[str, str]) -> str:
    """What is told of these names at the start."""
    found = Written({**file, **env}, tuple(env), ".env", tuple(file))
    return "\n".join(warnings_of(load_settings(), found))


@pytest.mark.parametrize("name", ["ESIM_APROVERS", "APPROVERS", "LOGLEVEL"])
def test_a_misspelt_name_in_the_file_is_told(name: str) -> None:
    """Every name in the file was meant for the bot."""
    said = warned({}, {name: "x"})
    assert f"{name} is no setting" in said
    assert "did you mean" in said


def test_a_name_of_the_bots_own_kind_that_resembles_nothing() -> None:
    """It is told, without a guess; what belongs to others beside the bot is left alone."""
    assert "ESIM_BACKUP_TARGET in .env is no setting" in warned({}, {"ESIM_BACKUP_TARGET": "x"})
    assert "COMPOSE_PROJECT_NAME" not in warned({}, {"COMPOSE_PROJECT_NAME": "x"})


def test_a_signing_secret_that_does_not_look_like_one(environment: pytest.MonkeyPatch) -> None:
    """It may be right, so the bot starts; but it is told, without the secret."""
    assert "SLACK_SIGNING_SECRET" not in warned({}, {})
    environment.setenv("SLACK_SIGNING_SECRET", "hunter2")
    assert "SLACK_SIGNING_SECRET does not look like" in warned({}, {})
    assert "hunter2" not in warned({}, {})


def test_the_usual_file_is_read(environment: pytest.MonkeyPatch) -> None:
    """Without a file named, `.env` of the working folder counts, its names included."""
    Path(".env").write_text("ESIM_APROVERS=U012AB3CD\n")
    found = written(None, {**NEEDED})
    assert found.file == ".env"
    assert found.file_names == ("ESIM_APROVERS",)
    environment.chdir("/")
    assert written(None, {**NEEDED}).file == ""
