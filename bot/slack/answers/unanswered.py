"""What is said where a provider gave no answer to a question: it always changed nothing."""

from collections.abc import Iterator

from bot.domain.grammar import Ask, Rules, written
from bot.domain.offer import NotOffered, Unavailable
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
                f"{title} has been asked too often just now. Nothing was ordered or changed: ask "
                f"again in {max(1, round(seconds)):,} seconds."
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
    told = f"{title}: {clip(why.why, 1500)}. Nothing was ordered or changed."
    lines = list(_nearest(why, question, rules))
    if not lines:
        return plain(told)
    shown = "\n".join(code_block(line, 600) for line in lines)
    return Answer(told, rendered(section(told), section(f"This would be answered:\n{shown}")))


def _nearest(why: Unavailable, question: Ask, rules: Rules) -> Iterator[str]:
    names = {field.name for field in question.form.fields}
    for nearest in why.nearest[:_NEAREST]:
        options = {**question.options, **nearest.options}
        left = {name: value for name, value in options.items() if name in names and value != ""}
        yield f"{rules.command} {written(Ask(question.form, left), rules.forms)}"
