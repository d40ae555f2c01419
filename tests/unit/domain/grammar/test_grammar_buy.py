"""The line of a purchase, in every spelling that is understood."""

from uuid import UUID

import pytest

from bot.domain.grammar import Buy, parse, render
from bot.providers.telnyx.form import SimStatus
from tests.support.requests import FORMS, a_request, rules
from tests.support.typed import RULES, asked

GROUP = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
WHOLE = a_request(
    amount=10,
    status=SimStatus.ENABLED,
    tags=("fleet", "emea"),
    sim_card_group_id=UUID(GROUP),
    whitelabel_name="Acme Mobile",
    note="for the Berlin office",
)
WHOLE_LINE = (
    f'buy 10 tags=fleet,emea whitelabel="Acme Mobile" group={GROUP} status=enabled '
    'note="for the Berlin office"'
)


def test_an_amount_alone_is_a_whole_request() -> None:
    """Without options the setting chooses the status, and nothing else is asked for."""
    assert parse("buy 10", RULES) == Buy(a_request(10, status_chosen=False))


def test_every_part_can_be_asked_for_in_one_line() -> None:
    """The line from the help sets every part of the request."""
    assert asked(WHOLE_LINE) == WHOLE


def test_a_request_is_written_as_the_line_that_asks_for_it() -> None:
    """What the bot shows can be typed as it is."""
    assert render(WHOLE, FORMS) == WHOLE_LINE


def test_a_status_that_nobody_chose_is_not_written() -> None:
    """An order typed again takes the status that is the setting by then."""
    request = a_request(1, status_chosen=False)
    assert render(request, FORMS) == "buy 1"


@pytest.mark.parametrize("status", list(SimStatus))
def test_the_setting_is_the_status_of_an_order_that_names_none(status: SimStatus) -> None:
    """The status which costs money follows the setting, and is told apart from a chosen one."""
    request = asked("buy 1", rules(default_status=status))
    assert (request.options, request.chosen) == ({"status": status}, ())


@pytest.mark.parametrize(
    "spelling",
    [
        "tags=a,b",
        "tags=a, b",
        "tags=a ,b",
        "tags = a , b",
        "tags: a, b",
        "tags:a,b",
        "tags :a,b",
        "--tags a,b",
        "--tags a, b",
        "--tags=a,b",
        "--tags = a,b",
        "--tags: a,b",
        "-tags a,b",
        "—tags a,b",
        "–tags=a,b",
        "―tags: a,b",
        "‒tags a,b",
        "TAGS=a,b",
        "--Tags a,b",
        "tag=a,b",
        'tags="a","b"',
        "tags='a', 'b'",
        "tags=“a”, „b“",
        "tags=«a»,‘b’",
        'tags="a",b',
        "tags=\u200ba,\u2060b",
        "tags=a,\u00a0b",
        "tags=a,\tb",
        "tags=a,\nb",
        *(f"tags=a{separator}b" for separator in "，、؛；;|｜،､﹐﹔፣᠂"),
        *(f"tags{sign}a,b" for sign in "＝﹦：﹕∶"),
        "ｔａｇｓ＝a，b",
        "𝐭𝐚𝐠𝐬=a,b",
        "--ｔａｇｓ a,b",
        *(f"{dash * 2}tags a,b" for dash in "−－‐‑﹣ーｰ〜"),
        "tags=「a」、『b』",
        "tags=»a« ; ‹b›",
        "tags=＂a＂,＇b＇",
        "tags=a\u3000,\u202fb",
        "ta\u200dgs=a\u2066,b\u2069",
        "tags=a tags=b",
        "tags=a,b tags=a",
        "tags=a,b,a",
    ],
)
def test_every_spelling_of_an_option_means_the_same(spelling: str) -> None:
    """Equals sign, colon, dashes, quotes, capitals and spaces are a matter of taste."""
    assert asked(f"buy 10 {spelling}").options["tags"] == ("a", "b")
    assert asked(f"buy {spelling} amount=10").options["tags"] == ("a", "b")


@pytest.mark.parametrize(
    ("spelling", "part"),
    [
        (f"{name}={value}", part)
        for names, value, part in [
            ("tags tag TAG", "a", "tags"),
            ("whitelabel whitelabel_name whitelabel-name SPN", "a", "whitelabel_name"),
            ("group sim_card_group sim-card-group Sim-Card_Group-ID", GROUP, "sim_card_group_id"),
            ("status Status", "enabled", "status"),
            ("note NOTE", "a", "note"),
        ]
        for name in names.split(" ")
    ],
)
def test_every_name_of_an_option_sets_its_part(spelling: str, part: str) -> None:
    """Short names, the provider's own names and hyphens are all understood."""
    request = asked(f"buy 10 {spelling}")
    assert (*request.chosen, *(["note"] if request.note else [])) == (part,)


@pytest.mark.parametrize(
    "spelling", ["10", "amount=10", "amount: 10", "--amount 10", "quantity=10", "0010", '"10"']
)
def test_the_amount_has_its_spellings_too(spelling: str) -> None:
    """A bare number and a named one are the same amount."""
    assert asked(f"buy {spelling}").amount == 10
    assert asked(f"buy tags=a {spelling}").amount == 10


@pytest.mark.parametrize(
    "line",
    [
        "buy 10 tags=a note=b",
        "BUY 10 tags=a note=b",
        "Buy   10   tags=a   note=b",
        "  buy 10 tags=a note=b  ",
        "buy tags=a 10 note=b",
        "buy note=b tags=a 10",
        "buy note=b --tags a 10",
        "buy 10 --tags a --note b",
        "\ufeffbuy\u00a010\u2003tags=a\u2028note=b",
        "b\u00aduy 10 tags=\u200ea note=\u202eb\u202c",
    ],
)
def test_order_and_spaces_do_not_matter(line: str) -> None:
    """Parts come in any order, with any spaces, and with what copying leaves between them."""
    assert asked(line) == asked("buy 10 tags=a note=b")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('"two words"', "two words"),
        ("'two words'", "two words"),
        ("“two words”", "two words"),
        ("‘two words’", "two words"),
        ("«two words»", "two words"),
        ('"two   words "', "two words"),
        (r'"with \"quotes\""', 'with "quotes"'),
        (r"'it\'s'", "it's"),
        ('"it\'s"', "it's"),
        ("“it’s”", "it’s"),
        (r'"C:\\new"', r"C:\new"),
        (r'"C:\new"', r"C:\new"),
        (r"C:\new", r"C:\new"),
        ('"tags=a,b status=enabled"', "tags=a,b status=enabled"),
        ('"--tags"', "--tags"),
        ('"a"b', "ab"),
        ("a=b", "a=b"),
        ("a,b", "a,b"),
        ('"a","b"', 'a,"b"'),
        ("5", "5"),
        ("日本語", "日本語"),
        ("\ud83d", "\ufffd"),
        ("🎉", "🎉"),
        ("<!channel>", "<!channel>"),
    ],
)
def test_quotes_keep_text_together(typed: str, meant: str) -> None:
    """A note is what was typed between the quotes, whatever characters are in it."""
    request = asked(f"buy 10 note={typed} tags=x")
    assert (request.note, request.options["tags"]) == (meant, ("x",))


@pytest.mark.parametrize("status", ["enabled", "Enabled", "ENABLED", '"enabled"', '" enabled"'])
def test_a_status_is_read_in_any_case(status: str) -> None:
    """Capitals are no reason to refuse a status."""
    assert asked(f"buy 1 status={status}").options["status"] == SimStatus.ENABLED


@pytest.mark.parametrize("group", [GROUP, GROUP.upper(), GROUP.replace("-", ""), f"{{{GROUP}}}"])
def test_a_group_is_read_in_every_way_to_write_a_uuid(group: str) -> None:
    """What is copied from the portal works."""
    assert asked(f"buy 1 group={group}").options["sim_card_group_id"] == GROUP


def test_the_amount_may_be_the_limit() -> None:
    """The limit itself is still allowed."""
    assert asked("buy 1000").amount == 1000
    assert asked("buy 7", rules(max_amount=7)).amount == 7


def test_an_option_in_the_value_of_another_is_not_an_option() -> None:
    """A tag may be called as an option is."""
    assert asked("buy 1 tags=note,status").options["tags"] == ("note", "status")


def test_an_option_in_quotes_is_a_value() -> None:
    """In quotes, even what looks like an option is a tag."""
    assert asked('buy 1 tags=a,"note=b"').options["tags"] == ("a", "note=b")
