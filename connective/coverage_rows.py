"""Rows on what a simulation exercised."""

from connective.results import SimulationResult

Rows = list[tuple[str, str]]


def corner_rows(result: SimulationResult) -> Rows:
    """The samples that come before the data."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in result.corners.items())
    rows = [("of these corners, first", kinds)] if kinds else []
    if (ties := result.ties) and (pairs := ties.found + ties.impossible + ties.left):
        none = f", {ties.impossible} proved to have none" if ties.impossible else ""
        left = f", {ties.left} not decided" if ties.left else ""
        rows.append(("ties found", f"{ties.found} of {pairs} pairs of classes{none}{left}"))
    return rows


def coverage_rows(result: SimulationResult) -> Rows:
    """Gates, sums, ties and stalls, as far as there are any."""
    if (cover := result.coverage) is None:
        return []
    fixed = f", {cover.gates_fixed:,} have one value only" if cover.gates_fixed else ""
    rows = [("gates seen at 0 and 1", f"{cover.gates_both:,} of {cover.gates:,}{fixed}")]
    if cover.sums:
        c, least = min(enumerate(cover.sums), key=lambda item: item[1].share)
        seen = f"{least.least} … {least.greatest}"
        possible = f"{least.possible_least} … {least.possible_greatest}"
        share = f"{100 * least.share:.0f} % or more"
        rows.append(("range of sums seen", f"{share}: of class {c} {seen}, possible {possible}"))
    if cover.pairs:
        pairs = f"{cover.tied_pairs} of {cover.pairs} pairs of classes"
        rows.append(("ties seen", f"{cover.ties:,} samples, {pairs}"))
    if cover.stalls:
        idle, held, waited = cover.stalls.model_dump().values()
        text = f"input idle {idle:,}, input held {held:,}, output held {waited:,} cycles"
        rows.append(("stalls seen", text))
    return rows
