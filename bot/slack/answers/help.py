"""The help: what can be typed, made from the forms of all providers."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.form import NOTE, Field, FieldKind, Form
from bot.domain.grammar import FROM, Rules, a, forms_with, written_option
from bot.domain.grammar.codes.code_forms import NO_APPLE
from bot.slack.ephemeral import Answer
from bot.slack.message import context, fitting, rendered, section
from bot.slack.mrkdwn import clip, escape, esims

_LONGEST = 2900
"""Characters of one section."""
_MOST_SECTIONS = 40
_ROOM = 11_500
"""Characters of all sections together."""
_LONGEST_LINE = 600
"""Characters of one line: a provider from elsewhere may have much to say."""

_INTRODUCTION = (
    "*{} buys eSIMs.* You ask, an approver clicks, and the ICCIDs come to the thread. Nothing is "
    "bought before somebody approves it."
)


def usage(rules: Rules) -> Answer:
    """What can be typed, with examples."""
    esim = rules.command
    buying = [f"`{esim} buy {escape(line)}`" for line in rules.examples]
    told = [
        [_INTRODUCTION.format(esim)],
        buying,
        *_options(rules),
        *(_also_at(form, rules) for form in rules.forms.values() if form.others),
        list(_about_esims(rules)),
        [
            "*More*",
            f"`{esim} order 7K2M9QXA` shows an order",
            f"`{esim} orders` lists your last ten, `{esim} orders all` everybody's here",
            f"`{esim} help` shows this",
        ],
    ]
    texts = fitting((text for lines in told for text in _texts(lines)), _ROOM)
    return Answer(
        f"{esim} buys eSIMs: try {esim} buy {clip(rules.examples[0], 200)}",
        rendered(
            *map(section, texts[:_MOST_SECTIONS]),
            context(
                f"At most {esims(rules.max_amount)} in one order. A name or note goes on to the "
                "next option; quotes keep anything together. When in doubt, I ask."
            ),
        ),
    )


def _about_esims(rules: Rules) -> Iterator[str]:
    """Activation codes, where a provider gives any, and who has which eSIM."""
    esim = rules.command
    yield "*eSIMs that were bought*"
    if any(form.gives_codes for form in rules.forms.values()):
        yield (
            f"`{esim} activate 7K2M9QXA` gives you the activation codes of an order's eSIMs, or of "
            "one by its ICCID, once you confirm it; `to=@dana` gives them to somebody else"
        )
        yield (
            f"`{esim} handout 7K2M9QXA as=sheet` gives them as one file: `as=` zip | sheet; "
            f"`format=` plain | android for the columns of a ZIP. {NO_APPLE}"
        )
    yield (
        f'`{esim} assign 8931080019073497795 to=@dana name="Truck 12"` says who has an eSIM: '
        f"somebody here, an e-mail address or a name; `{esim} assign 7K2M9QXA` opens a form for "
        f"all of an order, `{esim} unassign` and an ICCID forgets it"
    )
    yield f"`{esim} assigned` shows who has which; also with an order's id or an ICCID"


def _texts(lines: Iterable[str]) -> Iterator[str]:
    """The lines as one text, or as several where Slack takes no longer one."""
    text = ""
    for line in lines:
        if text and len(text) + len(line) + 1 > _LONGEST:
            yield text
            text = ""
        text += f"\n{line}" if text else line
    if text:
        yield text


def _options(rules: Rules) -> Iterator[list[str]]:
    """The bot's own options and those of the usual provider, then those of each other one."""
    usual, *others = rules.forms.values()
    signs = "in any order, also as {}"
    shown = written_option(usual.fields[0], usual.fields[0].example) if usual.fields else ""
    name, _, value = clip(shown, 200).partition("=")
    spellings = f"`--{name} {value}` or `{name}: {value.replace(',', ', ')}`"
    head = [f"*Options*, {signs.format(spellings)}:" if shown else "*Options*:"]
    names = " | ".join(rules.forms)
    sellers = [f"• `from=` {names}; {usual.provider} when left out"] if others else []
    yield [*head, *map(_option, usual.fields), *sellers, _option(NOTE)]
    for form in others:
        examples = [f"`{rules.command} buy {_with_seller(form, line)}`" for line in form.examples]
        yield [f"*Options with* `from={form.provider}`:", *map(_option, form.fields), *examples[:1]]


def _with_seller(form: Form, line: str) -> str:
    """An example with its provider, which is not the usual one."""
    seller = f"from={form.provider}"
    return escape(line if seller in line else f"{line} {seller}")


def _option(field: Field) -> str:
    """`tags=`, what it is, and an example where that is needed."""
    parts = [escape(field.about)] if field.about else []
    parts += [escape(" | ".join(field.choices))] if field.choices else []
    said = ": ".join(parts)
    if field.kind is FieldKind.LIST:
        said += f", with commas between; {a(field.item)} with a space goes in quotes"
    if field.default is not None:
        said += f"; {escape(field.show(field.default))} when left out"
    needed = " (needed)" if field.required else ""
    return f"• `{field.word}=`{needed} {said[:_LONGEST_LINE]}"


def _also_at(form: Form, rules: Rules) -> list[str]:
    """What else can be asked of a provider: a line for each verb."""
    return [f"*Also at {escape(form.title)}*", *(_verb(other, rules) for other in form.others)]


def _verb(form: Form, rules: Rules) -> str:
    """A line that can be typed, what it does, and its other options."""
    shown = _example(form)
    several = len(forms_with(form.verb, rules.forms)) > 1
    seller = [f"{FROM}={form.provider}"] if several else []
    line = f"`{escape(' '.join(filter(None, [rules.command, form.verb, shown, *seller])))}`"
    about = f" {clip(form.about, _LONGEST_LINE)}" if form.about else ""
    more = _words_beside(form.fields, form.subject, shown)
    return f"• {line}{about}{f'; also {more}' if more else ''}"


def _example(form: Form) -> str:
    """What may stand behind the verb: an example of its own, or what it is about and needs."""
    is_needed = form.subject or any(field.required for field in form.fields)
    if form.examples and is_needed:
        return form.examples[0]
    subject = [str(each.example) for each in form.fields if each.name == form.subject]
    needed = [each for each in form.fields if each.required and each.name != form.subject]
    return " ".join([*subject, *(written_option(each, each.example) for each in needed)])


def _words_beside(fields: Sequence[Field], subject: str, shown: str) -> str:
    """The words of the options that an example does not show."""
    return " ".join(
        f"`{field.word}=`"
        for field in fields
        if field.name != subject and f"{field.word}=" not in shown
    )
