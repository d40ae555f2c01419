"""How somebody who has an eSIM is written."""

import pytest

from bot.domain.activation.holders import has_code, is_address, is_mention


@pytest.mark.parametrize("text", ["@dana", "@Dana Smith", "@dána-1"])
def test_a_mention(text: str) -> None:
    """A name as Slack shows it, with its sign before it."""
    assert is_mention(text)


@pytest.mark.parametrize("text", ["dana", "@", "@dana@acme", "dana@acme.example", "@ dana", ""])
def test_no_mention(text: str) -> None:
    """Plain names, addresses and signs are nobody on Slack."""
    assert not is_mention(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [("dana@acme.example", True), ("dana@acme", False), ("@dana", False), ("dana", False)],
)
def test_an_address(text: str, known: bool) -> None:
    """An e-mail address has a host with a dot."""
    assert is_address(text) is known


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("LPA:1$smdp.io$K2-1", True),
        ("Truck lpa: 1$smdp.io$K2", True),
        ("1$smdp.io$K2-1", True),
        ("https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA%3A1%24x", True),
        ("Truck 12", False),
        ("$1$ bill", False),
        ("costs 11$ and 12$", False),
        ("Alpa: red", False),
    ],
)
def test_a_code_is_no_name(text: str, secret: bool) -> None:
    """What people paste where a name is kept may be a secret: it is refused, prices are not."""
    assert has_code(text) is secret
