"""What may be asked of Telnyx: the rule of each part, the sentence of a broken one, the price."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.catalogue.money import Money, Quote
from bot.domain.request import NOTE_LIMIT, PurchaseRequest, check_note
from bot.providers.telnyx.form import (
    WHITELABEL_ADVISED,
    Prices,
    SimStatus,
    TelnyxOptions,
    check_group,
    check_tag,
    check_tags,
    check_whitelabel_name,
    form,
)
from tests.support.requests import FORM, a_request
from tests.support.strategies import characters, requests

Check = Callable[[str], str]


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
        {"status": "on"},
        {"tags": ("a", "a")},
        {"tags": ("",)},
        {"tags": ("esim-7K2M9QXA-1",)},
        {"whitelabel_name": "A_B"},
        {"sim_card_group_id": "default"},
        {"colour": "red"},
    ],
)
def test_nothing_wrong_is_asked_of_telnyx(parts: dict[str, Any]) -> None:
    """Whoever built the request, a form or the command, the rules are the same."""
    with pytest.raises(ValidationError):
        TelnyxOptions.of(a_request(**parts))


def test_a_name_makes_the_product_a_whitelabel_one() -> None:
    """The product follows from the name, so the two never contradict each other."""
    assert "product" not in TelnyxOptions().body(1, ())
    body = TelnyxOptions.of(a_request(whitelabel_name="Acme")).body(1, ())
    assert (body["product"], body["whitelabel_name"]) == ("whitelabel", "Acme")


@pytest.mark.parametrize(
    ("name", "long"),
    [
        ("A" * WHITELABEL_ADVISED, False),
        ("A" * (WHITELABEL_ADVISED + 1), True),
        ("é" * WHITELABEL_ADVISED, False),
        ("日本テレコム株", False),
        ("日本テレコム株式", True),
        ("Ame ç", False),
        ("Telefônica", True),
    ],
)
def test_a_name_that_phones_may_cut_is_noticed(name: str, long: bool) -> None:
    """Sixteen letters of the phones' own alphabet fit every SIM file, or seven of any other."""
    (field,) = (each for each in FORM.fields if each.name == "whitelabel_name")
    assert bool(field.caution(name)) is long


@given(requests())
def test_whatever_the_line_takes_can_be_asked_of_telnyx(asked: PurchaseRequest) -> None:
    """The rules of the line and those of the purchase are the same."""
    TelnyxOptions.of(asked)


@given(st.sampled_from([check_tag, check_whitelabel_name, check_note]), st.text(characters()))
def test_what_was_checked_passes_again_unchanged(check: Check, typed: str) -> None:
    """A request that is read from storage is never refused by the rules that let it in."""
    try:
        kept = check(typed)
    except ValueError:
        return
    assert check(kept) == kept


@pytest.mark.parametrize(
    ("status", "monthly"),
    [(SimStatus.ENABLED, 2000), (SimStatus.STANDBY, 200), (SimStatus.DISABLED, 200)],
)
def test_the_status_decides_what_a_month_costs(status: SimStatus, monthly: int) -> None:
    """Enabled costs ten times as much as standby or disabled, at the public prices."""
    assert Prices().quote(a_request(10, status=status)) == Quote(
        once=Money(cents=700, currency="USD"), monthly=Money(cents=monthly, currency="USD")
    )


def test_prices_are_settings() -> None:
    """A contract with other prices, in another currency, is estimated as it is."""
    prices = Prices(esim_cents=50, enabled_monthly_cents=90, idle_monthly_cents=0, currency="EUR")
    quote = prices.quote(a_request(3, status=SimStatus.ENABLED))
    assert quote.once == Money(cents=150, currency="EUR")
    assert quote.monthly == Money(cents=270, currency="EUR")
    assert prices.quote(a_request(3)).monthly == Money(cents=0, currency="EUR")


@given(st.integers(1, 10_000), st.sampled_from(SimStatus))
def test_an_estimate_grows_with_the_amount(amount: int, status: SimStatus) -> None:
    """Every eSIM costs the same, in whole cents, and no price is called firm."""
    one, several = (Prices().quote(a_request(n, status=status)) for n in (1, amount))
    assert several == several.scaled(amount, amount)
    assert several.once.cents == amount * one.once.cents
    assert not several.firm
    assert several.scaled(1, amount) == one


@pytest.mark.parametrize("status", SimStatus)
def test_the_setting_is_the_default(status: SimStatus) -> None:
    """An order that names no status has the one that was set."""
    assert form(status).options({}) == {"status": status}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Berlin   office ", "Berlin office"),
        ("6A09CDC3-8948-47F0-AA62-74AC943D6C58", "6a09cdc3-8948-47f0-aa62-74ac943d6c58"),
    ],
)
def test_a_group_by_its_name_or_its_id(text: str, kept: str) -> None:
    """A name keeps its letters, an id is written as Telnyx writes it."""
    assert check_group(text) == kept


def test_a_group_without_a_name() -> None:
    """The person is told what a group has."""
    with pytest.raises(ValueError, match="a SIM card group has a name or an id"):
        check_group("  ")
