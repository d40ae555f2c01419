"""What is confirmed before activation codes are given: whose, to whom, and what happens then."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final, Literal, Protocol

import slackblocks

from bot.domain.activation.hand_out import ASKED_ANEW, MOST_MESSAGES, HandOutForm, Wish
from bot.domain.grammar import Activate, code_line
from bot.slack.activation.wish_value import AskedHandOut, wish_value
from bot.slack.ephemeral import Answer, plain
from bot.slack.message import Block, actions, context, fitting, rendered, section
from bot.slack.mrkdwn import clip, code_block, duration_in_words, esims, person

SEND: Final = "codes_send"
"""Action id of the button that gives the codes as the confirmation says."""
TO: Final = "codes_to"
"""Action id of the menu that chooses somebody else; the confirmation comes anew."""
AS_FILE: Final = re.compile("codes_as_(archive|sheet)")
"""Action ids of the buttons that give the same codes as a file instead."""
LOOKING: Final = plain("I still look up who that is and which eSIMs are meant; it follows here.")
"""Said where a confirmation takes long."""
FETCHING: Final = plain("Still fetching: I tell you here as soon as the codes are given.")
"""Said where giving codes takes long."""
STOPPED: Final = plain(
    "I was stopped while I gave these activation codes. What stands of them I delete, nothing was "
    "ordered or charged, and the codes stay good: ask for them again in a minute."
)
"""Said when the bot ends before the codes are given."""
NOT_REACHED: Final = plain(
    "I can't reach my memory (Redis), so I gave no activation codes: without a line in the audit I "
    "fetch none, and what stood already is deleted. Nothing was ordered or charged. Ask again in a "
    "minute; if it goes on, tell whoever runs me."
)
"""Nothing is given that can't be recorded."""
NOT_IDENTIFIED: Final = plain(
    "Slack did not tell me who gets the codes, so nothing was fetched or given, and nothing "
    "changed. Try again in a minute; if it goes on, tell whoever runs me."
)
"""Nobody is given codes of whom it is not known who they are now."""
NOT_DELETED: Final = plain(
    "I could not delete this message just now: Slack or my memory (Redis) can't be reached. Press "
    "*Done* again in a minute. If it still stands then, it goes by itself at the time it names."
)
"""*Done* was pressed, and the message still stands."""
_LINE: Final = "codes "
"""Begins the id of the block with the menu, which carries the line that asks the same."""
_ROOM: Final = 2700
"""Characters of ICCIDs that are shown."""
_LABEL: Final = 40
_FORMS: Final = {
    HandOutForm.MESSAGES: "",
    HandOutForm.ARCHIVE: " as ZIP file",
    HandOutForm.SHEET: " as sheet to print",
}


class PlanShown(Protocol):
    """What is known of a hand-out before it is given."""

    @property
    def wish(self) -> Wish:
        """What somebody wants to be given to whom."""

    @property
    def names(self) -> tuple[str, ...]:
        """The ICCIDs; of an eSIM without, the provider's id."""

    @property
    def order_id(self) -> str:
        """The order that bought them; "" for none."""

    @property
    def title(self) -> str:
        """Whom the codes come from, as people call it."""


def confirmation(
    plan: PlanShown, asked: AskedHandOut, by: str, called: str, shown_for: timedelta
) -> Answer:
    """The whole ICCIDs, who gets their codes, what happens, and the buttons that do it.

    `by`: Slack user id of whoever sees it; `called`: the recipient's name, "" where it is not
    known; `shown_for`: how long messages with codes stand.
    """
    own = plan.wish.to == by
    whom = "you" if own else person(plan.wish.to)
    count = esims(len(plan.names))
    about = f" · order `{plan.order_id}`" if plan.order_id else " · of no order of ours"
    source = f"From {clip(plan.title, 200)}"
    blocks = rendered(
        section(f"*Give the activation codes of {count} to {whom}?*\n{source}{about}"),
        section(_iccids(plan.names)),
        section("\n".join(_what_happens(plan, whom, shown_for))),
        actions(*_buttons(plan, asked, "" if own else called or "them")),
        _menu(),
        context(f"Nothing was fetched yet. This holds for {duration_in_words(ASKED_ANEW)}."),
    )
    line = _LINE + code_line(_same(plan.wish))
    shown = tuple({**block, "block_id": line} if _has_menu(block) else block for block in blocks)
    return Answer(f"Activation codes of {count}: nothing is given before you confirm it", shown)


def told(text: str) -> Answer:
    """What came of it, in as many paragraphs as Slack needs for so many lines."""
    texts = [""]
    for line in text.split("\n"):
        if len(texts[-1]) + len(line) >= _ROOM:
            texts.append("")
        texts[-1] += f"\n{line[:_ROOM]}"
    shown = fitting((each.strip("\n") for each in texts), 4 * _ROOM)
    return Answer(shown[0], rendered(*map(section, filter(None, shown))))


def read_line(block_id: object) -> str | None:
    """The line that the menu's block carries, without the slash command; None for none of ours."""
    if not isinstance(block_id, str) or not block_id.startswith(_LINE):
        return None
    return block_id.removeprefix(_LINE)


def _same(wish: Wish) -> Activate:
    """The line that asks for the same for oneself."""
    return Activate(wish.subject, form=wish.form, columns=wish.columns, provider=wish.provider)


def _iccids(names: Sequence[str]) -> str:
    """All of them where they fit, else how many, the first and the last."""
    shown = "\n".join(names)
    if len(shown) <= _ROOM:
        return code_block(shown)
    ends = code_block(f"{names[0]}\n…\n{names[-1]}")
    return f"{len(names):,} ICCIDs, from the first to the last:\n{ends}"


def _what_happens(plan: PlanShown, whom: str, shown_for: timedelta) -> Iterator[str]:
    yield "• A code works once, and whoever has it can take the line."
    if len(plan.names) > MOST_MESSAGES or plan.wish.form is not HandOutForm.MESSAGES:
        yield f"• They go to {whom} alone, as one file in a direct message from me."
    else:
        yield f"• They go to {whom} alone, as direct messages: what to scan, to copy, to open."
    yield f"• I delete them on *Done*, and after {duration_in_words(shown_for)} at the latest."
    yield "• The audit keeps that you had them given, of which eSIMs and to whom; no code is kept."


def _buttons(plan: PlanShown, asked: AskedHandOut, called: str) -> Iterator[slackblocks.Button]:
    """The one that gives them as asked for, then the files. `called`: "" for oneself."""
    chosen = plan.wish.form
    if chosen is not HandOutForm.MESSAGES or len(plan.names) <= MOST_MESSAGES:
        whom = f"Send to {_plainly(called) or 'you'}"
        yield _button(f"{whom}{_FORMS[chosen]}", SEND, asked, plan, called, style="primary")
    for form, label in (
        (HandOutForm.ARCHIVE, "As ZIP file"),
        (HandOutForm.SHEET, "As sheet to print"),
    ):
        if form is not chosen:
            other = asked._replace(wish=asked.wish.model_copy(update={"form": form}))
            yield _button(label, f"codes_as_{form}", other, plan, called)


def _button(  # noqa: PLR0913, PLR0917 - the parts of a button
    label: str,
    action_id: str,
    asked: AskedHandOut,
    plan: PlanShown,
    called: str,
    style: Literal["primary"] | None = None,
) -> slackblocks.Button:
    """A button; what goes to somebody else is asked once more."""
    confirm = _confirm(plan, called) if called else None
    return slackblocks.Button(
        label, action_id, value=wish_value(asked), style=style, confirm=confirm
    )


def _confirm(plan: PlanShown, called: str) -> slackblocks.ConfirmationDialogue:
    count, whom = esims(len(plan.names)), person(plan.wish.to)
    return slackblocks.ConfirmationDialogue(
        title="Send activation codes?",
        text=slackblocks.Text(f"{whom} gets the codes of {count}, and can take the lines."),
        confirm=f"Send to {_plainly(called)}"[:30],
        deny="Not yet",
    )


def _menu() -> Block:
    return actions(slackblocks.UserSelectMenu(TO, placeholder="Somebody else…"))


def _has_menu(block: Block) -> bool:
    return any(each.get("action_id") == TO for each in block.get("elements", ()))


def _plainly(name: str) -> str:
    """A name for a place that shows no markup."""
    return re.sub("[<>&`]", "", name)[:_LABEL]
