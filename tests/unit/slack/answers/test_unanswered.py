"""What is said where a provider gave no answer."""

from hypothesis import given

from bot.domain.catalogue.offer import Alternative, NotOffered, Unavailable
from bot.domain.grammar import Ask, Rules
from bot.errors import LookupFailed, LookupPostponed, NotPossibleThere
from bot.slack.answers.unanswered import unanswered
from tests.support.harness.traveller import FORM, PACKAGES
from tests.unit.slack.reading import must_be_taken_by_slack, read, references
from tests.unit.slack.wild import UNHURRIED, nasty

RULES = Rules({FORM.provider: FORM})
ASKED = Ask(PACKAGES, {"destination": "France", "data": "3GB", "days": "7"})


def told(error: Exception) -> str:
    """What the person reads."""
    return read(unanswered(error, ASKED, RULES))  # type: ignore[arg-type]


def test_the_nearest_question_is_there_to_be_sent() -> None:
    """With what replaces its options, and without what is taken away."""
    nearest = (
        Alternative(options={"data": "5GB", "days": ""}),
        Alternative(options={"data": "1GB"}),
    )
    shown = told(NotOffered(Unavailable(why="no such size", nearest=nearest)))
    assert "Traveller: no such size. Nothing was ordered or changed." in shown
    assert "/esim packages France data=5GB\n" in shown
    assert "/esim packages France data=1GB days=7" in shown
    assert "This would" not in told(NotOffered(Unavailable(why="no such size")))


def test_only_what_was_asked_for_is_replaced() -> None:
    """Who named no days is offered no days; the same line is there once."""
    nearest = [Alternative(options={"data": "5GB", "days": days}) for days in ("7", "30")]
    error = NotOffered(
        Unavailable(why="Traveller has none: did you mean 5?", nearest=tuple(nearest))
    )
    asked = Ask(PACKAGES, {"destination": "France", "data": "3GB"})
    shown = read(unanswered(error, asked, RULES))
    assert shown.startswith("Traveller has none: did you mean 5? Nothing was ordered or changed.")
    assert shown.count("/esim packages France data=5GB") == 1
    assert "days=" not in shown


def test_what_it_means_and_what_to_do() -> None:
    """Nothing was changed, and when to ask again."""
    assert "ask again in a minute" in told(LookupFailed("it is away"))
    assert "ask again in 91 seconds" in told(LookupPostponed(90.6))
    assert "or other questions still wait for its answer" in told(LookupPostponed(1))
    assert "can't do packages here" in told(NotPossibleThere("Traveller", "packages"))


@given(nasty(), nasty())
@UNHURRIED
def test_whatever_a_provider_says(text: str, other: str) -> None:
    """Slack takes it, and nothing of it rings or links."""
    nearest = (Alternative(options={"destination": text, "data": other}),) * 5
    for error in (
        NotOffered(Unavailable(why=text, field=other, nearest=nearest)),
        LookupFailed(text),
    ):
        answer = unanswered(error, ASKED, RULES)
        must_be_taken_by_slack(answer)
        assert references(answer) == set()
