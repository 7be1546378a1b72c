from collections.abc import Sequence

from hwgen.verilog_text import polish


def polished(
    declarations: Sequence[str],
    statements: Sequence[str],
    *,
    inputs: str = "a b",
    width: int = 4,
) -> list[str]:
    """The body of a module with input vectors and an output y, written by Yosys and rewritten."""
    vector = f"[{width - 1}:0] " if width > 1 else ""
    lines = [f"module m({', '.join([*inputs.split(), 'y'])});"]
    lines += [f"  input {vector}{word};\n  wire {vector}{word};" for word in inputs.split()]
    lines += [f"  output {vector}y;\n  wire {vector}y;"]
    lines += [f"  {line}" for line in (*declarations, *statements)]
    text = polish("\n".join([*lines, "endmodule\n"]), [*inputs.split(), "y"], [])
    return [line.strip() for line in text.partition(");\n")[2].splitlines()[:-1]]


def test_an_unnamed_wire_goes_into_the_expression_that_reads_it() -> None:
    assert polished(
        ["wire [3:0] unnamed_0;"], ["assign unnamed_0 = a & b;", "assign y = ~ unnamed_0;"]
    ) == ["assign y = ~(a & b);"]


def test_an_unnamed_wire_of_another_width_stays() -> None:
    # in eight bits ~a would have ones above bit 3
    statements = ["assign unnamed_0 = ~ a[3:0];", "assign y = unnamed_0 | b;"]
    text = polished(["wire [3:0] unnamed_0;"], statements, width=8)
    assert text == ["wire [3:0] unnamed_0 = ~a[3:0];", "assign y = unnamed_0 | b;"]


def test_a_wire_that_two_read_stays() -> None:
    statements = [
        "assign unnamed_0 = a & b;",
        "assign unnamed_1 = ~ unnamed_0;",
        "assign y = unnamed_0 ? unnamed_1 : a;",
    ]
    assert polished(["wire unnamed_0;", "wire unnamed_1;"], statements, width=1) == [
        "wire unnamed_0 = a & b;",
        "assign y = unnamed_0 ? ~unnamed_0 : a;",
    ]


def test_operands_get_the_names_of_the_wires_whose_value_they_are() -> None:
    statements = [
        "assign y = { a[0], a[3], b[1:0] } & b;",
        "assign picked = { a[0], a[3], b[1:0] };",
    ]
    assert polished(["wire [3:0] picked;"], statements) == [
        "wire [3:0] picked = {a[0], a[3], b[1:0]};",
        "assign y = picked & b;",
    ]


def test_signed_operands_get_their_names_too() -> None:
    statements = ["assign word = a[3:1];", "assign y = $signed(a[3:1]) >= $signed(b[2:0]);"]
    assert polished(["wire [2:0] word;"], statements) == [
        "wire [2:0] word = a[3:1];",
        "assign y = $signed(word) >= $signed(b[2:0]);",
    ]


def test_wires_that_nothing_reads_go() -> None:
    statements = ["assign other = ~ a;", "assign alone = other & b;", "assign y = a;"]
    assert polished(["wire [3:0] other;", "wire [3:0] alone;"], statements) == ["assign y = a;"]


def test_a_wire_read_twice_has_the_name_that_it_was_given() -> None:
    statements = ["assign unnamed_0 = a + b;", "assign low = unnamed_0 < b;"]
    declared = ["wire [3:0] unnamed_0;", "wire [3:0] sum;", "wire low;"]
    reads = "assign y = unnamed_0 & { 3'h0, low };"
    assert polished(declared, [*statements, "assign sum = unnamed_0;", reads]) == [
        "wire [3:0] sum = a + b;",
        "wire low = sum < b;",
        "assign y = sum & {3'h0, low};",
    ]


def test_constants_are_decimal_and_as_wide_as_what_they_meet() -> None:
    assert polished([], ["assign y = a + 1'h1;"]) == ["assign y = a + 4'd1;"]
    assert polished([], ["assign y = $signed(a) >= $signed(2'h2);"], width=4) == [
        "assign y = $signed(a) >= $signed(4'he);"
    ]


def test_a_sum_of_which_low_bits_are_read_is_no_wider() -> None:
    statements = ["assign unnamed_0[3:0] = a + b;", "assign y = unnamed_0[3:0];"]
    assert polished(["wire [4:0] unnamed_0;"], statements) == ["assign y = a + b;"]


def test_wide_constants_of_equal_bits_are_repetitions() -> None:
    assert polished([], [f"assign y = 40'h{'f' * 10};"], width=40) == ["assign y = {40{1'b1}};"]


def test_long_lines_are_wrapped_where_there_are_blanks() -> None:
    bits = ", ".join(f"a[{bit}]" for bit in range(40))
    lines = polished([], [f"assign y = {{ {bits} }};"], width=40)
    assert len(lines) > 2
    assert " ".join(lines) == f"assign y = {{{bits}}};"
