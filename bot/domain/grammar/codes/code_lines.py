"""Reads a line about activation codes, or about who has which eSIM. No line alone sends a code."""

import re
from dataclasses import replace
from typing import Any, Final

from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.domain.activation.holders import is_mention
from bot.domain.activation.iccids import plain_iccid
from bot.domain.form import Field
from bot.domain.grammar.codes.code_forms import AS_SHEET, SUBJECT, forms_of, is_order
from bot.domain.grammar.commands import (
    FROM,
    Activate,
    Assign,
    Assigned,
    AssignLines,
    CodeCommand,
    Rules,
    Unassign,
    code_line,
    written_option,
)
from bot.domain.grammar.lexicon import form_asked, words_of
from bot.domain.grammar.loose_words import LooseWords
from bot.domain.grammar.meanings import Meanings, Parts
from bot.domain.grammar.reader import LineReader
from bot.domain.grammar.values import meant, negates, possible
from bot.domain.line.amount import is_courteous, is_courtesy, names_esims
from bot.domain.line.problems import InvalidCommand
from bot.domain.line.scanner import Line, Words, scan
from bot.domain.thing import read_order_id

_GROUP: Final = re.compile(r"[0-9-]+[Ff]?|[Ff]", re.ASCII)
_MOST_GROUPS: Final = 12
"""Words that an ICCID may be written in."""
_ABOUT: Final = (
    "esim esims sim sims iccid iccids order activation code codes qr qr-code qr-codes the my all "
    "of for from"
)
_BEFORE: Final = frozenset(_ABOUT.split())
"""Words before a subject that say nothing."""
_SIGNS: Final = "=<>:|→-"
"""What a name does not begin with where no option says that it is one."""
_CHANGING: Final = ("assign", "unassign")
_ASKED: Final = "a question changes nothing: write the line without the question mark"


def parse_codes(line: Line, start: int, rules: Rules, verb: str) -> CodeCommand:
    """Read what follows one of our verbs.

    Raises InvalidCommand with every problem at once, and with lines that are right.
    """
    titles = {name: form.title for name, form in rules.forms.items()}
    own = replace(rules, forms=forms_of(verb, titles))
    marked = line.plain.rstrip("! ").endswith("?")
    line = _without_mark(line) if marked else line
    start = _behind_fillers(line, start)
    lexicon = words_of(own, form_asked(line, start, own, verb))
    meanings = Meanings(own, lexicon)
    meanings.has_amount = True  # none is asked for
    loose = _CodeWords(line, meanings)
    _CodeReader(line, meanings, own, loose).read(list(scan(line, start, lexicon.names)))
    _check_provider(verb, meanings)
    _check_sheet(meanings)
    if marked and verb in _CHANGING:
        meanings.unclear(len(line.text), len(line.text) + 1, _ASKED)
    meanings.check(len(line.text))
    commands = [_command(verb, parts, line, meanings) for parts in meanings.wholes()]
    if meanings.problems or not commands:
        shown = [f"{rules.command} {code_line(each)}" for each in commands]
        right = shown or [f"{rules.command} {_right_line(verb, loose.subjects, marked=marked)}"]
        raise InvalidCommand(line.text, meanings.problems, list(dict.fromkeys(right)))
    return commands[0]


def _without_mark(line: Line) -> Line:
    end = len(line.plain.rstrip("?! "))
    return Line(line.text[:end], line.plain[:end])


def _behind_fillers(line: Line, start: int) -> int:
    """Where the subject begins, behind `the activation codes of order`."""
    words = line.words(start)
    while words[1:] and words[0].plain.lower() in _BEFORE:
        words = words[1:]
    return words[0].start if words else start


def _check_provider(verb: str, meanings: Meanings) -> None:
    if meanings.has(FROM) and verb not in {"activate", "handout"}:
        message = "who has an eSIM is ours, not a provider's: leave from= out"
        meanings.wrong(*meanings.places.get(FROM, (0, 0)), message, FROM)


def _check_sheet(meanings: Meanings) -> None:
    if any(each.get("as") == AS_SHEET and "format" in each for each in meanings.wholes()):
        message = "a sheet has no columns: leave format= out, or write as=zip"
        meanings.wrong(*meanings.places.get("format", (0, 0)), message, "format")


def _command(verb: str, parts: Parts, line: Line, meanings: Meanings) -> CodeCommand:
    about, to = str(parts.get(SUBJECT, "")), str(parts.get("to", ""))
    where: Any = {"line": line.text, "places": meanings.places}
    match verb:
        case "assign" if is_order(about):
            return AssignLines(about, **where)
        case "assign":
            return Assign(about, to, str(parts.get("name", "")), **where)
        case "unassign":
            return Unassign(about, **where)
        case "assigned":
            return Assigned(about, **where)
    form = HandOutForm.MESSAGES
    if verb == "handout":
        form = HandOutForm.SHEET if parts.get("as") == AS_SHEET else HandOutForm.ARCHIVE
    as_sheet = form is HandOutForm.SHEET
    columns = Columns.PLAIN if as_sheet else Columns(parts.get("format", Columns.PLAIN))
    chosen: Any = {"form": form, "columns": columns, "provider": parts.get(FROM, "")}
    return Activate(about, "" if to == "me" else to, **chosen, **where)


def _right_line(verb: str, subjects: list[str], *, marked: bool) -> str:
    """A line that can be sent in place of one that can't be read; it changes nothing."""
    about = next(iter(subjects), "")
    if not about:
        return "assigned" if verb == "assigned" else "orders"
    if marked or verb == "unassign" or (verb == "assign" and not is_order(about)):
        return f"assigned {about}"
    return f"{verb} {about}"


class _CodeReader(LineReader):
    """Reads the options; a subject may also stand behind a person: `to=@dana 7K2M9QXA`."""

    def _take_text(self, field: Field, words: Words) -> None:
        about = 0 if self.meanings.has(SUBJECT) or words[0].quoted else _subject_behind(words)
        super()._take_text(field, words[: len(words) - about])
        if about:
            self._loose_words.take(words[-about:])


def _subject_behind(words: Words) -> int:
    """How many of the last words are an ICCID, or an id that is no word; 0 where none is."""
    for used in range(min(_MOST_GROUPS, len(words) - 1), 0, -1):
        text = " ".join(word.plain for word in words[-used:])
        is_id = used == 1 and any(map(str.isdecimal, text)) and read_order_id(text)
        if plain_iccid(text) or is_id:
            return used
    return 0


class _CodeWords(LooseWords):
    """The order or the ICCID, and loose words behind it."""

    def __init__(self, line: Line, meanings: Meanings) -> None:
        super().__init__(line, meanings)
        self.subjects: list[str] = []
        """What the line is about, as far as it can be read."""

    def take(self, words: Words) -> None:
        """Words behind the verb, or after a value that takes no more of them."""
        words = self._without_provider(_without_courtesy(words))
        if not words or is_courteous(words):
            return
        self.check_quotes(words)
        field = self._meanings.lexicon.fields[SUBJECT]
        if not self._meanings.has(SUBJECT) and field.name not in self._meanings.named:
            words = self._take_subject(field, words)
        if rest := self._without_provider(words):
            self._take_rest(rest)

    def resolve(self) -> None:
        """Nothing is left open."""

    def _take_subject(self, field: Field, words: Words) -> Words:
        """What the line is about; the words behind it."""
        while words[1:] and words[0].plain.lower() in _BEFORE:
            words = words[1:]
        if len(words) == 1 and words[0].plain.lower() == "all" and not field.required:
            return ()
        used = _used(words)
        start, end = words[0].start, words[used - 1].end
        self._meanings.places.setdefault(SUBJECT, (start, end))
        value, why = self._checked(field, words[:used])
        if why:
            tell = self._meanings.wrong if value else self._meanings.unclear
            tell(start, end, why, SUBJECT)
        rest = words[used:]
        others = self._others(field, rest)
        if value and not others:
            self._meanings.give(SUBJECT, value, start, end)
        elif value:
            self._leave_open([value, *others], rest)
            return ()
        return rest

    def _checked(self, field: Field, words: Words) -> tuple[str, str]:
        """What the words mean, "" for nothing; and what is wrong with them."""
        text = _joined(words)
        try:
            value = str(field.check(text))
        except ValueError as wrong:
            self.subjects += filter(None, [read_order_id(text)])
            return next(iter(meant(field, str(wrong))), ""), str(wrong)
        self.subjects.append(value)
        return value, ""

    def _others(self, field: Field, words: Words) -> list[str]:
        """Further subjects, where the words are nothing else."""
        found: list[str] = []
        while words:
            used = _used(words)
            if words[0].plain.lower() not in {"and", "or", ","}:
                try:
                    found.append(str(field.check(_joined(words[:used]))))
                except ValueError:
                    return []
            words = words[used:]
        return found

    def _leave_open(self, subjects: list[str], rest: Words) -> None:
        message = "one order or ICCID at a time: leave the others out"
        self._meanings.wrong(rest[0].start, rest[-1].end, message, SUBJECT)
        self._meanings.choose(*({SUBJECT: each} for each in dict.fromkeys(subjects)))

    def _take_rest(self, words: Words) -> None:
        """Words that belong to no option: a person is suggested, never taken."""
        start, end = words[0].start, words[-1].end
        named = words[words[0].plain.lower() == "for" and len(words) > 1 :]
        text, meanings = self._line.text_of(named), self._meanings
        is_free = "to" in meanings.lexicon.fields and not {"to", "name"} & set(meanings.named)
        if (
            is_free
            and self._may_be_somebody(text)
            and not any(negates(each.plain) for each in words)
        ):
            right = written_option(meanings.lexicon.fields["to"], text)
            meanings.wrong(start, end, f"write to= before it, like {right}", "to")
            meanings.give("to", text, start, end)
        elif found := self._told_by_value(words):
            self._suggest(found, start, end)
        else:
            meanings.unclear(start, end, self._what_is_this())

    def _may_be_somebody(self, text: str) -> bool:
        """Somebody on Slack; where it is said who has an eSIM, also a name or an address."""
        field = self._meanings.lexicon.fields["to"]
        is_one = text[:1] not in _SIGNS and any(not is_order(each) for each in self.subjects)
        return is_mention(text) or (is_one and bool(possible(field, text)))

    def _what_is_this(self) -> str:
        fields = self._meanings.lexicon.fields.values()
        words = [f"{field.word}=" for field in fields if field.name != SUBJECT]
        return "I can't tell what this is" + (f": there are {', '.join(words)}" if words else "")


def _without_courtesy(words: Words) -> Words:
    while words and not words[0].quoted and (named := names_esims(words)):
        words = words[named:]
    while words and not words[-1].quoted and is_courtesy(words[-1]):
        words = words[:-1]
    return words


def _used(words: Words) -> int:
    """How many words are one ICCID together; 1 where none is."""
    few = [word.plain.rstrip(",") for word in words[:_MOST_GROUPS]]
    groups = next((n for n, word in enumerate(few) if not _GROUP.fullmatch(word)), len(few))
    for used in range(groups, 1, -1):
        if plain_iccid(_joined(words[:used])):
            return used
    return 1


def _joined(words: Words) -> str:
    """The words as one text, without the comma or the stop behind them."""
    return " ".join(word.plain for word in words).lstrip(",").rstrip(",.;!")
