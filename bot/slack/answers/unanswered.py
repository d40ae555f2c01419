"""What is said where a provider gave no answer to a question: it always changed nothing."""

from collections.abc import Iterator

from bot.domain.catalogue.offer import NotOffered, Unavailable
from bot.domain.grammar import Ask, Rules, written
from bot.errors import EsimBotError, LookupFailed, LookupPostponed
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import rendered, section
from bot.slack.mrkdwn import clip, code_block, escape
from bot.slack.words.refusals import words_of

_NEAREST = 4
"""Lines that are offered."""


def unanswered(error: EsimBotError, question: Ask, rules: Rules) -> Answer:
    """Why there is no answer to this question, and what to do next."""
    title = escape(question.form.title)
    match error:
        case NotOffered(unavailable=unavailable):
            return _not_offered(title, unavailable, question, rules)
        case LookupFailed():
            return plain(
                f"{title} could not be asked: {clip(str(error), 500)}. Nothing was ordered or "
                "changed: ask again in a minute. If it goes on, tell whoever runs me."
            )
        case LookupPostponed(seconds):
            return plain(
                f"{title} can't be asked just now: it has been asked too often, or other questions "
                "still wait for its answer. Nothing was ordered or changed: ask again in "
                f"{max(1, round(seconds)):,} seconds."
            )
    return plain(words_of(error))


def files_not_sent(title: str) -> Answer:
    """Slack did not take the files."""
    return plain(
        f"{escape(title)} has answered, but Slack took no files for you just now. Nothing was "
        "ordered or changed: press *All as files* again in a minute."
    )


def _not_offered(title: str, why: Unavailable, question: Ask, rules: Rules) -> Answer:
    """The reason, and the same question with the nearest that there is."""
    said = clip(why.why, 1500)
    end = "" if said.endswith(("?", "!")) else "."
    about = "" if said.startswith(title) else f"{title}: "
    told = f"{about}{said}{end} Nothing was ordered or changed."
    lines = list(dict.fromkeys(_nearest(why, question, rules)))
    if not lines:
        return plain(told)
    shown = "\n".join(code_block(line, 600) for line in lines)
    return Answer(told, rendered(section(told), section(f"This would be answered:\n{shown}")))


def _nearest(why: Unavailable, question: Ask, rules: Rules) -> Iterator[str]:
    """Only what was asked for is replaced: nobody who named no days is asked for some."""
    for nearest in why.nearest[:_NEAREST]:
        options = {**question.options, **nearest.options}
        left = {name: options[name] for name in question.options if options[name] != ""}
        yield f"{rules.command} {written(Ask(question.form, left), rules.forms)}"
