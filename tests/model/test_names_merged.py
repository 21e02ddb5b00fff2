from __future__ import annotations

from terapin.model.names import Names


def test_names_with_markers_are_those_of_both_sides() -> None:
    mine = Names({"ex:A": {"class": "A"}, "ex:B": {"class": "B"}}).dump().splitlines()
    yours = Names({"ex:A": {"class": "A"}, "ex:C": {"class": "C"}}).dump().splitlines()
    both = ["{", mine[1], "<<<<<<< HEAD", mine[2], "=======", yours[2], ">>>>>>> b", "}"]
    assert set(Names.load("\n".join(both)).entries) == {"ex:A", "ex:B", "ex:C"}
