"""Lines for Celitech as people type them, beside Telnyx as the usual provider."""

import pytest

from bot.domain.grammar import Ask, Buy, Change, InvalidCommand, Rules, parse, written
from bot.providers.celitech.form import form
from tests.support.requests import FORM as TELNYX
from tests.support.typed import offered

RULES = Rules({each.provider: each for each in (TELNYX, form())})
ICCID = "8988303000001234567"
PURCHASE = "ae471106-c8b4-42cf-b83a-b061291f2922"
FRANCE = "from=celitech to=France data=5GB days=7"


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("buy 3 from=celitech to=frankreich data=5 GB days=1 week", f"buy 3 {FRANCE}"),
        ("buy 3 from=Celitech country: fr --data 5 GB --days 7 days", f"buy 3 {FRANCE}"),
        ("buy from=celitech to=France data=5 GB 3 days=7", f"buy 3 {FRANCE}"),
        (
            "buy 3 from=celitech to=Democratic Republic of the Congo data=500 MB days=7",
            'buy 3 from=celitech to="DR Congo" data=0.5GB days=7',
        ),
        (
            "buy 3 from=celitech to=France data=unlimited start=1 Dec 2026 end=15 Dec",
            'buy 3 from=celitech to=France data=unlimited start=2026-12-01 end="15 Dec"',
        ),
        (
            f"buy 3 {FRANCE} brand=Acme Mobile please",
            f'buy 3 {FRANCE} brand="Acme Mobile"',
        ),
        (f"top up eSIM {ICCID} data=5 GB days=7", f"topup {ICCID} data=5GB days=7"),
        ("suspend 8988-3030-00001234567", f"suspend {ICCID}"),
        (f"edit {PURCHASE} end=15 Dec", f'edit {PURCHASE} end="15 Dec"'),
        ("packages france?", "packages France"),
        ("packages for the netherlands", "packages Netherlands"),
        ("packages United Kingdom data=5 GB", 'packages "United Kingdom" data=5GB'),
        ("packages in Ivory Coast", 'packages "Ivory Coast"'),
        ("packages Atlantis", "packages Atlantis"),
        ("purchases since=1 Nov until=today", 'purchases since="1 Nov" until=today'),
    ],
)
def test_what_is_read(line: str, read: str) -> None:
    """As people write it; the line that is made of it is plain."""
    command = parse(line, RULES)
    assert isinstance(command, Buy | Change | Ask)
    assert written(command, RULES.forms) == read


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("buy 3 from=celitech France 5GB 7 days", f"buy 3 {FRANCE}"),
        ("buy 3 from=celitech 5GB in France for 7 days", f"buy 3 {FRANCE}"),
        ("buy 3 from=celitech to=France 5GB 7 days", f"buy 3 {FRANCE}"),
        ("buy 3 from=celitech to France data 5 GB days 7", f"buy 3 {FRANCE}"),
        ("buy 3 from=celitech to=Frnce data=5GB days=7", f"buy 3 {FRANCE}"),
        ("buy 3 to=France data=5GB days=7", f"buy 3 {FRANCE}"),
        (f"buy 3 {FRANCE} tags=fleet", f"buy 3 {FRANCE}"),
        ("byu 3 from=celitech to=France data=5GB days=7", f"buy 3 {FRANCE}"),
        ("packages Germny", "packages Germany"),
        ("packages The Bahamas 5GB", "packages Bahamas data=5GB"),
        ("prices france", "packages France"),
        ("packages to France", "packages France"),
        (f"purchases {ICCID}", f"purchases iccid={ICCID}"),
        ("purchases a@b.de", "purchases email=a@b.de"),
        (
            "topup 8988 3030 00001234567 5GB 7 days",
            f"topup {ICCID} data=5GB days=7",
        ),
    ],
)
def test_what_is_offered(line: str, shown: str) -> None:
    """What was meant, in one line that can be sent."""
    assert offered(line, RULES) == [f"/esim {shown}"]
    assert parse(shown, RULES)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"buy 3 {FRANCE} email=a@b.de", "CELITECH_EMAILS"),
        (f"buy 3 {FRANCE} status=enabled tags=a", "from=celitech takes to, data, days, start, end"),
        ("buy 3 from=celitech to=France data=unlimited days=7", "sold by dates"),
        ("buy 3 from=celitech data=5GB days=7", "to= is missing: to=France"),
        ("buy 3 from=celitech to=France data=5GB", "for how long?"),
        (f"topup {ICCID} from=telnyx data=5GB days=7", "Telnyx can't do this: topup is for"),
        (f"topup {ICCID}", "data= is missing: data=5GB"),
        ("suspend", "the eSIM is missing: write it behind suspend"),
        ("packages", "the destination is missing: write it behind packages"),
    ],
)
def test_what_is_told(line: str, told: str) -> None:
    """The sentence names what is wrong, and how it is right."""
    with pytest.raises(InvalidCommand) as caught:
        parse(line, RULES)
    assert told in str(caught.value)
