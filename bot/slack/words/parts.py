"""Long lists as plain texts, each of a size that Slack takes."""

from collections.abc import Iterable

LONGEST = 3500
"""Characters of one text: an edit takes 4,000."""


def in_parts(head: str, lines: Iterable[str]) -> list[str]:
    """The head, then every line: as many texts as they need, cut between lines only."""
    texts = [head[:LONGEST]]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > LONGEST:
            texts.append(line[:LONGEST])
        else:
            texts[-1] += f"\n{line}"
    return texts
