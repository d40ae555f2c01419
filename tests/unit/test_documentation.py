"""What the pages tell is so, down to the files and code they name; every word has its meaning."""

from __future__ import annotations

import ast
import re
import tomllib
from itertools import chain, zip_longest
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import cli
from bot.domain.events import OrderState
from bot.domain.form import NOTE, Form
from bot.domain.grammar.codes import VERBS, forms_of
from bot.domain.grammar.commands import FROM
from bot.domain.grammar.parse import COMMANDS
from bot.domain.request import PurchaseRequest, Value
from bot.providers.base import Provider, PurchaseCall
from bot.providers.capabilities import Catalogue, Changes, Codes, Ledger
from bot.providers.celitech import Celitech
from bot.providers.telnyx import Telnyx
from bot.settings import Settings
from bot.store.keys import Keys
from tests.support.clock import NEW_YEAR, ManualClock

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
FOLDERS = ("bot", "handlers", "sandbox", "tests", "docs", "benchmarks", "examples")
CODE = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.*") if file.is_file()]
FILES = ["/" + str(file.relative_to(ROOT)) for file in [*CODE, *ROOT.iterdir()]]
PROVIDERS: tuple[Provider, ...] = (
    Telnyx("KEY123", ManualClock()),
    Celitech("id", "secret", ManualClock(), emails=["example.com"]),
)
FORMS = [provider.form for provider in PROVIDERS]
EXAMPLES: dict[str, dict[str, Value]] = {
    "telnyx": {},
    "celitech": {"destination": "FRA", "data": "5GB", "days": "7"},
}
CAPABILITIES: dict[str, type] = {"packages": Catalogue, "purchases": Ledger}
"""By verb; every other verb is one of a change."""
NOT_OURS = {"redis.log"}
"""Files that pages name and that only a running bot makes."""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def spans(page: Path) -> list[str]:
    """What stands in backticks on the page, outside of blocks of code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def blocks(page: Path) -> list[tuple[str, str]]:
    """The blocks of code on the page: language and content."""
    return re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def code_of(page: Path) -> str:
    """Everything on the page that is meant for a machine."""
    return "\n".join([*spans(page), *(content for _, content in blocks(page))])


def test_every_dependency_tells_what_it_is_for() -> None:
    """A dependency that nobody can give a reason for does not stay."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    others = [line for line in chain(*groups) if not line.startswith(f"{project['name']}[")]
    declared = {re.split(r"[<>=;\s]", line)[0] for line in others}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ([a-z][a-z0-9-]*(?:, [a-z0-9-]+)*) \|", page, re.MULTILINE)
    told = {name for row in rows for name in row.split(", ")} - {"package"}
    assert told - {"setuptools"} == declared


def test_the_diagram_has_every_state() -> None:
    """The page of the architecture knows each state that an order can be in, and no other."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    _, diagram = page.split("stateDiagram-v2\n", 1)
    lines = diagram.split("```", 1)[0].splitlines()
    ends = [re.findall(r"[a-z_]+", line.split(":")[0]) for line in lines]
    assert set(chain(*ends)) == {state.value for state in OrderState}


def test_the_table_has_every_key() -> None:
    """The page of the architecture tells of each kind of key in Redis, and of no other."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    _, table = page.split("## Redis\n", 1)
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told = {name.partition(":")[0] for row in rows for name in re.findall(r"`([a-z_]+)", row)}
    keys = Keys("T")
    names = [name for name in vars(Keys) if not name.startswith("_") and name != "things"]
    values = [each for name in names if isinstance(each := getattr(keys, name), str)]
    made = [keys.order("A"), keys.history("A"), keys.iccids("1234"), keys.posted("A")]
    made += [keys.esim_entries("A"), keys.hand_out("A")]
    made += [keys.trigger("A"), keys.requester("A"), keys.channel("A"), keys.state("A")]
    ours = {each.split(":")[2] for each in [*values, *made] if ":" in each}
    assert told == ours


def test_the_readme_has_every_command_and_option() -> None:
    """What can be typed can be found without trying."""
    text = (ROOT / "README.md").read_text()
    typed = set(re.findall(r"^\| `/esim ([a-z]+)", text.split("## Settings")[0], re.MULTILINE))
    assert typed == {*COMMANDS, *(each.verb for form in FORMS for each in form.others)}
    options = set(re.findall(r"^\| `([a-z_]+)=", text, re.MULTILINE))
    forms = [each for form in FORMS for each in (form, *form.others)]
    forms += [forms_of(verb, {"telnyx": "Telnyx"})["telnyx"] for verb in VERBS]
    assert options == {FROM, NOTE.word, *chain(*map(words_of, forms))}


def words_of(form: Form) -> list[str]:
    """The words of its options, but that of what stands behind the verb."""
    return [field.word for field in form.fields if field.name != form.subject]


def test_the_readme_tells_what_each_provider_can_do() -> None:
    """The table follows from the providers themselves: their forms, prices, keys, capabilities."""
    page = (ROOT / "README.md").read_text()
    _, section = page.split("## What each provider can do\n", 1)
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \|$", section.split("\n## ")[0], re.MULTILINE)
    head, *told = rows
    assert head[1:] == tuple(provider.form.title for provider in PROVIDERS)
    verbs = dict.fromkeys(each.verb for form in FORMS for each in form.others)
    names = [name for name, *_ in told]
    assert names[4:] == [f"`/esim {verb}`" for verb in verbs]
    for place, provider in enumerate(PROVIDERS):
        cells = [row[place + 1] for row in told]
        assert cells == [*facts_of(provider), *(ability(provider, verb) for verb in verbs)]


def facts_of(provider: Provider) -> list[str]:
    """How much a call may buy, whose price it is, how long a call has a key, and codes."""
    request = PurchaseRequest(provider=provider.name, amount=1, options=EXAMPLES[provider.name])
    call = PurchaseCall(request, 1, "esim-7K2M9QXA-1", "esim-7K2M9QXA")
    own = provider.estimate(request) is None
    life = provider.prepare(call, NEW_YEAR).key_life
    return [
        f"{provider.form.most_per_call:,}",
        "its own, asked again before each call" if own else "an estimate from the settings",
        f"for {life / 3600:.0f} hours" if life else "–",
        "fetched when somebody asks" if isinstance(provider, Codes) else "–",
    ]


def ability(provider: Provider, verb: str) -> str:
    """What it does with this verb: only what it has a form and the capability for."""
    form = provider.form.of_verb(verb)
    needed = CAPABILITIES.get(verb, Changes)
    assert (form is not None) is isinstance(provider, needed), (provider.name, verb)
    return form.about if form else "–"


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """No page sends its reader to a file that is not there."""
    links = re.findall(r"\]\(([^):#]+)\)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


@each_page
def test_named_files_are_there(page: Path) -> None:
    """A file, a folder or a module that a page names has that name still."""
    missing = [span for span in spans(page) if is_place(span) and not is_there(span)]
    assert not missing


def is_place(span: str) -> bool:
    """Whether it names a file, a folder or a module of ours."""
    path = span.partition("::")[0]
    if re.search(r"[\s<>=…(]", path) or path in NOT_OURS:
        return False
    inside = path.startswith(tuple(f"{folder}/" for folder in FOLDERS))
    named = re.search(r"\w\.(py|lua|toml|ya?ml|md|lock|json|html|css|js)$", path)
    return bool(inside or named or is_module(path))


def is_module(span: str) -> bool:
    """Whether it is a dotted name of ours: `bot.engine.orders`."""
    return bool(re.fullmatch(rf"({'|'.join(FOLDERS)})(\.\w+)+", span)) and not is_file(span)


def is_file(span: str) -> bool:
    """Whether it has the ending of a file."""
    return bool(re.search(r"\.(py|md|lua)$", span))


def is_there(span: str) -> bool:
    """Whether there is such a place, and in it what stands behind `::` or the last dot."""
    path, _, name = span.partition("::")
    if is_module(path):
        return is_module_there(path)
    found = [ROOT / file[1:] for file in FILES if file.endswith(f"/{path.rstrip('/')}")]
    found += ROOT.glob(path.rstrip("/")) if "/" in path else []
    return any(name in file.read_text() if name else True for file in found)


def is_module_there(dotted: str) -> bool:
    """Whether it is a module, or a name that stands in one."""
    path = ROOT / dotted.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    file, name = path.parent.with_suffix(".py"), path.name
    return file.exists() and name in file.read_text()


@each_page
def test_named_commands_are_there(page: Path) -> None:
    """What a page says to type can be typed: targets of make, and the bot's own commands."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", code_of(page))) <= targets
    commands = set(vars(get_command(cli))["commands"])
    assert set(re.findall(r"\besim-bot ([a-z-]+)", code_of(page))) <= commands


@each_page
def test_named_settings_are_there(page: Path) -> None:
    """Nobody is told to set what is no setting."""
    known = {name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"\bESIM_[A-Z_]+\b", page.read_text())) <= known


@each_page
def test_named_words_are_there(page: Path) -> None:
    """A line of the log, an error, a test: what a page names by its word stands in the code."""
    words = {word for span in spans(page) for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", span)}
    code = [*CODE, *ROOT.glob("*.y*ml")]
    readable = {".py", ".lua", ".toml", ".yaml", ".yml"}
    texts = [file.read_text() for file in code if file.suffix in readable]
    known = "\n".join([*texts, *FILES])
    assert {word for word in words if word not in known} == set()


@each_page
def test_quoted_code_is_the_code(page: Path) -> None:
    """A block that begins with the name of a file says, line by line, what stands in that file."""
    for language, content in blocks(page):
        head, _, quoted = content.partition("\n")
        if language == "python" and (named := re.fullmatch(r"# (\S+\.py)", head)):
            lines = {line.strip() for line in (ROOT / named[1]).read_text().splitlines()}
            shown = {line.strip() for line in quoted.splitlines()} - {"", "..."}
            assert shown <= lines, f"{named[1]} has changed"


def test_every_word_has_its_meaning() -> None:
    """Each member of an enum (event, state, action, refusal …) and each setting is explained."""
    files = [file for part in ("bot", "handlers") for file in (ROOT / part).rglob("*.py")]
    nodes = chain(*(ast.walk(ast.parse(file.read_text())) for file in files))
    classes = [node for node in nodes if isinstance(node, ast.ClassDef) and is_vocabulary(node)]
    assert {"Event", "OrderState", "Action", "Refusal", "Settings"} <= {c.name for c in classes}
    assert [f"{each.name}.{word}" for each in classes for word in unexplained(each)] == []


def is_vocabulary(node: ast.ClassDef) -> bool:
    """Whether the class is a list of words: an enum, or the settings."""
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    return bool(bases & {"StrEnum", "IntEnum", "Enum", "Flag", "BaseSettings"})


def unexplained(node: ast.ClassDef) -> list[str]:
    """Its words without a line of meaning below them."""
    pairs = zip_longest(node.body, node.body[1:])
    return [name for here, below in pairs if (name := word_of(here)) and not is_text(below)]


def word_of(statement: ast.stmt) -> str:
    """The name that a statement gives; "" for what explains nothing, as `model_config` does."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    target = statement.target if isinstance(statement, ast.AnnAssign) else target
    name = target.id if isinstance(target, ast.Name) else ""
    return "" if name == "model_config" else name


def is_text(statement: ast.stmt | None) -> bool:
    """Whether it is a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def test_every_key_says_what_it_holds() -> None:
    """The type of the value in Redis comes first, then what stands in it."""
    kinds = ("Hash: ", "List: ", "Set: ", "Sorted set: ", "Stream: ", "String")
    names = [name for name in vars(Keys) if not name.startswith("_")]
    docs = {name: getattr(Keys, name).__doc__ for name in names if name not in {"room", "things"}}
    assert [name for name, doc in docs.items() if not str(doc).startswith(kinds)] == []
