"""The reader of manifests agrees with a real reader of YAML."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from sandbox.page.manifest import MANIFEST, parsed, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = [
    "a: 1\nb: true\nc: 'x # y'\nd: \"#fff\" # comment\n",
    """
    # comment
    one:
      two:
        - a:b # not a pair
        - c
      three:
        - name: x
          more: y z
        - name: w
          list:
            - 1
            - 2
    four: last
    """,
]


@pytest.mark.parametrize("text", [*SAMPLES, MANIFEST.read_text(encoding="utf-8")])
def test_it_reads_what_a_manifest_is_written_in(text: str) -> None:
    """Mappings, lists, quotes, comments, numbers and truth values come out the same."""
    text = textwrap.dedent(text)
    assert parsed(text) == YAML(typ="safe").load(text)


def test_without_a_manifest(tmp_path: Path) -> None:
    """An installed package has none: the page still offers a command."""
    manifest = read_manifest(tmp_path / "none.yaml")
    assert manifest.content is None
    assert [command.name for command in manifest.commands] == ["/esim"]
