"""Searches whole runs for every secret of an eSIM that the providers ever had."""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tests.support.leaks.forms import Needles
from tests.support.leaks.pictures import SIGNATURE, UnreadablePicture, code_shown
from tests.support.leaks.places import Place, opened


@dataclass
class Findings:
    """What was searched, and what was found where it may not stand."""

    secrets: int
    forms: int
    places: Counter[str] = field(default_factory=Counter)
    """How many places of each kind were searched."""
    found: list[str] = field(default_factory=list)
    given: dict[str, set[str]] = field(default_factory=dict)
    """Which secrets stand in direct messages, by who reads them: these are given, not found."""

    def line(self) -> str:
        """All of it in one line."""
        kinds = ", ".join(f"{count} × {kind}" for kind, count in sorted(self.places.items()))
        given = sum(map(len, self.given.values()))
        return (
            f"{self.secrets} secrets in {self.forms} forms searched in {self.places.total()} "
            f"places ({kinds}); {given} given, {len(self.found)} found"
        )


@dataclass(frozen=True)
class Search:
    """A search for these secrets; `may` says which of them whom was to be given."""

    needles: Needles
    may: Mapping[str, AbstractSet[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, secrets: Iterable[str], may: Mapping[str, AbstractSet[str]] | None = None
    ) -> "Search":
        """Of everything that the providers' sandboxes issued; `may` is by Slack user id."""
        return cls(Needles(secrets), may or {})

    def through(self, places: Iterable[Place]) -> Findings:
        """Look everywhere."""
        findings = Findings(len(self.needles.secrets), self.needles.count)
        for each in places:
            findings.places[each.kind] += 1
            for content in opened(each.content):
                self._look(content, each, findings)
        return findings

    def _look(self, content: bytes, at: Place, findings: Findings) -> None:
        may = self.may.get(at.person, frozenset())
        for form in sorted(self.needles.found(content), key=str):
            if form.secret in may:
                findings.given.setdefault(at.person, set()).add(form.secret)
            else:
                findings.found.append(f"…{form.secret[-4:]} {form.what} in {at.kind}: {at.name}")
        findings.found += self._pictures(content, at, may)

    def _pictures(self, content: bytes, at: Place, may: AbstractSet[str]) -> list[str]:
        """Pictures of codes that this reader may not see, or that nobody can tell."""
        if not content.startswith(SIGNATURE):
            return []
        try:
            own = self.needles.texts & may
            code = code_shown(content, own) or code_shown(content, self.needles.texts - own)
        except UnreadablePicture as problem:
            return [f"a picture that can't be read ({problem}) in {at.kind}: {at.name}"]
        if code is None or code in may:
            return []
        return [f"a picture of …{code[-4:]} in {at.kind}: {at.name}"]
