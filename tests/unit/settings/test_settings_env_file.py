"""A file of settings: what it may hold, and the sentence for each way in which it can't be read."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import load_settings
from tests.support.written import NEEDED

SECRET = "f" * 32


def test_a_file_fills_what_the_environment_lacks(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The environment counts more than the file; an empty variable counts as none."""
    environment.delenv("SLACK_SIGNING_SECRET")
    file = tmp_path / ".env"
    file.write_text(f'SLACK_SIGNING_SECRET="{SECRET}"\nTELNYX_API_KEY=KEYfile\nPORT=8080\n')
    settings = load_settings(file)
    assert settings.slack_signing_secret is not None
    assert settings.slack_signing_secret.get_secret_value() == SECRET
    assert settings.telnyx_api_key is not None
    assert settings.telnyx_api_key.get_secret_value() == NEEDED["TELNYX_API_KEY"]
    assert settings.port == 8080
    environment.setenv("PORT", "")
    assert load_settings(file).port == 8080


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfPORT=8080\n",
        b"PORT=8080\r\nLOG_LEVEL=info\r\n",
        b"export PORT=8080",
        b"\n# a comment\n  PORT = '8080'  # behind it\n",
    ],
)
def test_a_file_as_editors_write_it(tmp_path: Path, content: bytes) -> None:
    """With a mark at its beginning, as on Windows, with comments, without a last line break."""
    file = tmp_path / "settings"
    file.write_bytes(content)
    assert load_settings(file).port == 8080


def test_a_password_with_a_hash(tmp_path: Path) -> None:
    """A `#` in the middle of a value is no comment: the address is refused, and not cut."""
    file = tmp_path / "settings"
    file.write_text("REDIS_URL=redis://:pa%23ss#word@h\n")
    with pytest.raises(SettingsError, match="REDIS_URL") as caught:
        load_settings(file)
    assert "# as %23" in str(caught.value)
    assert "word@h" not in str(caught.value)


UNREADABLE = {
    "UTF-16": ("PORT=8080".encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ("PORT=8080".encode("utf-16-le"), "UTF-16"),
    "Latin-1": ("# one\n# für\n".encode("latin-1"), "not written in UTF-8 (see line 2)"),
    "a picture": (b"\x89PNG\x00\x01", "no text"),
    "an open quotation mark": (b'PORT=8080\nA="b\n', "can't be read at line 2"),
    "no name": (b"PORT=8080\n=5\n", "can't be read at line 2"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_can_not_be_read(tmp_path: Path, kind: str) -> None:
    """One sentence that names the file and what to do; no guess at what it says."""
    content, told = UNREADABLE[kind]
    file = tmp_path / "settings"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert str(file) in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "told"), [("nowhere", "is not there"), (".", "is a folder")])
def test_a_file_that_is_none(tmp_path: Path, name: str, told: str) -> None:
    """A file that was named and is not there is never passed over."""
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path / name)
