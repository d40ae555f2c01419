"""The kept list of mutants stays true while the code changes."""

import pytest

from tests.mutants.mutant import ROOT, Mutant, listed


@pytest.mark.parametrize("mutant", listed(), ids=lambda mutant: mutant.name)
def test_every_mutant_fits_the_code(mutant: Mutant) -> None:
    """Each one spoils what stands in its file once, and its tests are there."""
    assert mutant.fits, f"{mutant.file} has changed: write the mutant anew in tests/mutants"
    assert mutant.old != mutant.new
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / path).read_text()


def test_names_tell_them_apart() -> None:
    """No two mutants have the same name: a survivor is found by it."""
    names = [mutant.name for mutant in listed()]
    assert len(set(names)) == len(names)
