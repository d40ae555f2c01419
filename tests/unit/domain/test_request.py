"""What may be asked for: the rule of each part, and the sentence of a broken one."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.request import (
    NOTE_LIMIT,
    WHITELABEL_ADVISED,
    PurchaseRequest,
    SimStatus,
    check_note,
    check_tag,
    check_tags,
    check_whitelabel_name,
)
from tests.support.strategies import characters, requests

Check = Callable[[str], str]


def a_request(**parts: object) -> PurchaseRequest:
    """One eSIM on standby, with these parts changed."""
    return PurchaseRequest.model_validate({"amount": 1, "status": "standby", **parts})


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (check_tag, " fleet ", "fleet"),
        (check_tag, "two   words", "two words"),
        (check_tag, "“quoted”", "“quoted”"),
        (check_tag, "a，b", "a，b"),
        (check_note, "１２ “x” – ｙ", "１２ “x” – ｙ"),
        (check_tag, "<!channel>", "<!channel>"),
        (check_tag, "esim", "esim"),
        (check_tag, "esim-7k2m9qx-1", "esim-7k2m9qx-1"),
        (check_tag, "esim-7k2m9qxab", "esim-7k2m9qxab"),
        (check_tag, "my-esim-7k2m9qxa-1", "my-esim-7k2m9qxa-1"),
        (check_whitelabel_name, " Acme  Mobile ", "Acme Mobile"),
        (check_whitelabel_name, "Café 24", "Café 24"),
        (check_whitelabel_name, "日本テレコム", "日本テレコム"),
        (check_whitelabel_name, "Ελλάδα", "Ελλάδα"),
        (check_whitelabel_name, "Ac\u200bme", "Acme"),
        (check_whitelabel_name, "Cafe\u0301", "Caf\u00e9"),
        (check_whitelabel_name, "हिन्दी मोबाइल", "हिन्दी मोबाइल"),
        (check_whitelabel_name, "مُوبَايل", "مُوبَايل"),
        (check_whitelabel_name, "שָׁלוֹם", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd"),
        (check_whitelabel_name, "มือถือ ๒๔", "มือถือ ๒๔"),
        (check_whitelabel_name, "Ａｃｍｅ", "Ａｃｍｅ"),
        (check_note, "🎉" * NOTE_LIMIT, "🎉" * NOTE_LIMIT),
        (check_note, "👩\u200d🚀" * NOTE_LIMIT, "👩\u200d🚀" * NOTE_LIMIT),
        (check_note, " for\nBerlin ", "for Berlin"),
        (check_note, "x" * NOTE_LIMIT, "x" * NOTE_LIMIT),
        (check_note, "x  " * (NOTE_LIMIT // 2), ("x " * (NOTE_LIMIT // 2)).strip()),
    ],
)
def test_good_parts_are_kept_tidy(check: Check, typed: str, kept: str) -> None:
    """Spaces are plain and letters composed; nothing else of a good part changes."""
    assert check(typed) == kept


@pytest.mark.parametrize(
    ("check", "typed", "reason"),
    [
        (check_tag, "", "a tag is empty: remove the extra comma or write the tag"),
        (check_tag, " \u200b ", "a tag is empty: remove the extra comma or write the tag"),
        (check_tag, "a,b", "a tag can't hold a comma"),
        (
            check_tag,
            "esim-7k2m9qxa-1",
            "tags like this are how I find my own purchases again: choose another",
        ),
        (
            check_tag,
            "eSIM-7k2m9qxa",
            "tags like this are how I find my own purchases again: choose another",
        ),
        (
            check_tag,
            " ESIM-7K2M9QXA-12 ",
            "tags like this are how I find my own purchases again: choose another",
        ),
        (check_whitelabel_name, " ", "the whitelabel name is empty"),
        (check_whitelabel_name, "A-B", "a whitelabel name takes only letters, digits and spaces"),
        (check_whitelabel_name, "½", "a whitelabel name takes only letters, digits and spaces"),
        (check_whitelabel_name, "🎉", "a whitelabel name takes only letters, digits and spaces"),
        (
            check_whitelabel_name,
            "A\ud800",
            "a whitelabel name takes only letters, digits and spaces",
        ),
        (check_note, "\n", "the note is empty"),
        (
            check_whitelabel_name,
            "\u0301a",
            "a whitelabel name takes only letters, digits and spaces",
        ),
        (
            check_whitelabel_name,
            "a\u20dd",
            "a whitelabel name takes only letters, digits and spaces",
        ),
        (
            check_whitelabel_name,
            "日\ufe0f",
            "a whitelabel name takes only letters, digits and spaces",
        ),
        (check_note, "x" * (NOTE_LIMIT + 1), "the note has 501 characters; 500 fit"),
        (
            check_note,
            "x\u0301\u0302\u0303\u0304" * NOTE_LIMIT,
            "the note has too many marks and emoji to be shown whole: shorten it",
        ),
    ],
)
def test_a_broken_rule_is_told_in_a_sentence(check: Check, typed: str, reason: str) -> None:
    """The message of the error is what the person reads."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        check(typed)
    assert str(caught.value) == reason


def test_tags_are_checked_together() -> None:
    """Each tag is tidied, and the same one is there only once."""
    assert check_tags((" a", "b ", "A")) == ("a", "b", "A")
    with pytest.raises(ValueError, match="a tag is there twice"):
        check_tags(("a", " a "))


@pytest.mark.parametrize(
    "parts",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 1.5},
        {"amount": None},
        {"status": "on"},
        {"tags": ("a", "a")},
        {"tags": ("",)},
        {"tags": ("esim-7K2M9QXA-1",)},
        {"whitelabel_name": "A_B"},
        {"note": ""},
        {"sim_card_group_id": "default"},
    ],
)
def test_nothing_wrong_gets_into_a_request(parts: dict[str, object]) -> None:
    """Whoever builds a request, a form or the command, the rules are the same."""
    with pytest.raises(ValidationError):
        a_request(**parts)


def test_a_request_does_not_change() -> None:
    """What was asked for can't be altered on its way to the provider."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(a_request(), "amount", 5)  # noqa: B010 - mypy would not let it be assigned


def test_a_name_makes_the_product_a_whitelabel_one() -> None:
    """The product follows from the name, so the two never contradict each other."""
    assert a_request().product is None
    assert a_request(whitelabel_name="Acme").product == "whitelabel"


@pytest.mark.parametrize(
    ("name", "long"),
    [
        (None, False),
        ("A" * WHITELABEL_ADVISED, False),
        ("A" * (WHITELABEL_ADVISED + 1), True),
        ("é" * WHITELABEL_ADVISED, False),
        ("日本テレコム株", False),
        ("日本テレコム株式", True),
        ("Ame ç", False),
        ("Telefônica", True),
    ],
)
def test_a_name_that_phones_may_cut_is_noticed(name: str | None, long: bool) -> None:
    """Sixteen letters of the phones' own alphabet fit every SIM file, or seven of any other."""
    assert a_request(whitelabel_name=name).whitelabel_is_long is long


def test_a_request_with_every_part_survives_storage() -> None:
    """What was approved is, to the letter, what is bought after a restart."""
    request = a_request(
        amount=7,
        status=SimStatus.ENABLED,
        status_chosen=False,
        tags=("a", 'b"\\'),
        sim_card_group_id=uuid4(),
        whitelabel_name="Café",
        note="日本語 🎉",
    )
    assert PurchaseRequest.model_validate_json(request.model_dump_json()) == request


@given(requests())
def test_every_request_survives_storage(request: PurchaseRequest) -> None:
    """The same for any request at all."""
    assert PurchaseRequest.model_validate_json(request.model_dump_json()) == request


@given(st.sampled_from([check_tag, check_whitelabel_name, check_note]), st.text(characters()))
def test_what_was_checked_passes_again_unchanged(check: Check, typed: str) -> None:
    """A request that is read from storage is never refused by the rules that let it in."""
    try:
        kept = check(typed)
    except ValueError:
        return
    assert check(kept) == kept
