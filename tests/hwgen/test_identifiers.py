import pytest

from hwgen.identifiers import is_identifier


@pytest.mark.parametrize("name", ["x", "_x1", "accelerator", "Wire", "feature_3"])
def test_plain_names_are_identifiers(name: str) -> None:
    assert is_identifier(name)


@pytest.mark.parametrize(
    "name", ["", "1x", "x-y", "x y", "x\n", "$x", "é", "²", "wire", "logic", "endmodule", "uwire"]
)
def test_other_names_and_keywords_are_not(name: str) -> None:
    assert not is_identifier(name)
