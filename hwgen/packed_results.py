"""A core's results as software takes them: side by side, each in bytes of its own."""

from collections.abc import Iterator, Mapping

from amaranth.hdl import Cat, Signal, Value

from connective.packing import Field, Packing, pack_result
from hwgen.argmax import label_width
from hwgen.core import Core


def pack_results(core: Core) -> Packing:
    """Where the results lie."""
    return pack_result(_fields(core))


def packed(packing: Packing, results: Mapping[str, Signal]) -> Value:
    """The core's results, each as wide as its container."""
    return Cat(_extended(packing, Cat(results.values())))


def _fields(core: Core) -> Iterator[Field]:
    schedule = core.schedule
    if schedule.network.head == "bits":
        yield Field("bits", len(schedule.network.outputs), False)
        return
    yield Field("label", label_width(schedule.network.n_classes), False)
    if schedule.scores:
        for c in range(schedule.network.n_classes):
            yield Field(f"score_{c}", schedule.score_width, schedule.score_range[0] < 0)
    for name in ("o_margin", "o_reject"):
        if name in core.results:
            yield Field(name.removeprefix("o_"), core.results[name], False)
    for place in range(schedule.best or 0):
        yield Field(f"best_{place}", label_width(schedule.network.n_classes), False)


def _extended(packing: Packing, whole: Value) -> Iterator[Value]:
    start = 0
    for field in packing.places:
        value: Value = whole[start : start + field.width]
        start += field.width
        sign = value[-1] if field.signed else 0
        yield Cat(value, (sign for _ in range(field.container - field.width)))
