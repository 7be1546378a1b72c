"""The Verilog behind AXI4-Lite against the network, on a bench apart from the simulation's."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.axi_stream import AxiStream
from connective.design import AxiLiteProtocol, Design, read_design
from connective.packing import pack_features
from hwgen.accelerator import Accelerator
from hwgen.axi_lite import AxiLiteAccelerator
from hwgen.form import Form
from hwgen.lanes import split
from hwgen.schedule import Schedule
from tests.designs import make_design
from tests.hwgen.axi_lite_icarus_bench import READ, WAIT, WRITE, Access, run
from tests.hwgen.test_axi_stream import can_lead, image, lint_icarus, results
from tests.hwgen.test_emit import lint
from tests.networks import networks, random_network, random_samples

OKAY, SLVERR = "00", "10"


def protocol_of(design: Design) -> AxiLiteProtocol:
    assert isinstance(design.protocol, AxiLiteProtocol)
    return design.protocol


def words_of(network: Network, samples: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """The words of each sample; what is no bit of a feature is random."""
    packing = pack_features(network.encoder.features, 32)
    made = []
    for sample in samples.tolist():
        words = rng.integers(1 << 32, size=packing.n_beats).tolist()
        for word, place in zip(sample, packing.places, strict=True):
            mask = (1 << place.width) - 1
            words[place.beat] &= ~(mask << place.offset)
            words[place.beat] |= (word & mask) << place.offset
        made.append(words)
    return made


def read_result(design: Design) -> list[Access]:
    """All words of the result, then it is dropped."""
    at, width = protocol_of(design).registers, protocol_of(design).result_width
    reads = [Access(READ, at["result"] + 4 * n) for n in range(-(-width // 32))]
    return [Access(WAIT), *reads, Access(WRITE, at["pop"])]


def check(network: Network, folder: Path, design: Design, seed: int) -> None:
    """Each sample alone, its words in random order but for the last."""
    rng = np.random.default_rng(seed)
    samples = random_samples(rng, network, 12)
    at, accesses, expected = protocol_of(design).registers["sample"], list[Access](), []
    for words, result in zip(
        words_of(network, samples, rng), results(network, design, samples), strict=True
    ):
        order = [*rng.permutation(len(words) - 1).tolist(), len(words) - 1]
        accesses += [Access(WRITE, at + 4 * n, words[n]) for n in order]
        accesses += read_result(design)
        expected += [(OKAY, "-")] * len(words)
        for start in range(0, protocol_of(design).result_width, 32):
            expected.append((OKAY, f"{result >> start & 0xFFFFFFFF:08x}"))
        expected.append((OKAY, "-"))
    assert run(folder, design, accesses, seed=seed % 1000 + 1) == expected


@settings(max_examples=20, deadline=None)
@given(
    networks(heads=("class", "scores", "bits")),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_the_verilog_computes_the_network(
    tmp_path_factory: pytest.TempPathFactory, network: Network, levels: int, serial: bool, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("verilog") / "design"
    serial = serial and network.n_classes > 1
    margin = network.n_classes > 1 and seed % 3 > 0 and not serial
    design = make_design(
        folder,
        network,
        levels_per_stage=levels,
        form=Form(serial=serial),
        scores=network.head != "bits" and seed % 2 == 0,
        margin=margin,
        reject_below=1 if margin and can_lead(network) else None,
        axi_lite=True,
    )
    check(network, folder, design, seed)
    lint(folder, design)
    lint_icarus(folder, design)


def test_an_image_has_a_comparator_for_each_byte_and_stores_only_what_is_read(
    tmp_path: Path,
) -> None:
    network = image([[100]] * 50, gates=150)
    design = make_design(tmp_path / "d", network, axi_lite=True)
    check(network, tmp_path / "d", design, 1)
    protocol = protocol_of(design)
    assert (protocol.beats, protocol.bytes, protocol.address_width) == (13, 50, 7)
    text = (tmp_path / "d/rtl/accelerator_encoder.v").read_text()
    assert len(re.findall(">=", text)) == 4
    text = (tmp_path / "d/rtl/accelerator_packet.v").read_text()
    stored = sum(int(high) + 1 for high in re.findall(r"reg \[(\d+):0\] beat_\d+;", text))
    assert stored == 50 and not re.search(r"reg .*last_", text)
    stream = make_design(tmp_path / "s", network, stream=AxiStream(32))
    assert stream.register_bits - design.register_bits == 52 - 50  # whole beats are shifted


def test_the_design_describes_its_ports_and_registers(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=(30, 40), classes=12)
    design = make_design(tmp_path / "d", network, scores=True, axi_lite=True)
    assert read_design(tmp_path / "d") == design
    protocol = protocol_of(design)
    assert protocol.registers == {
        "id": 0,
        "network": 4,
        "status": 8,
        "pop": 12,
        "result": 16,
        "sample": 32,
    }
    assert [field.name for field in protocol.results] == [
        "label",
        *(f"score_{c}" for c in range(12)),
    ]
    assert protocol.result_width == 8 * 13  # four words from 16 on: the sample begins at 32
    ports = {p.name: (p.direction, p.width) for p in design.ports}
    assert ports["s_axi_awaddr"] == ports["s_axi_araddr"] == ("in", 6)
    assert ports["s_axi_wdata"] == ("in", 32) and ports["s_axi_rdata"] == ("out", 32)
    assert ports["irq"] == ("out", 1)
    assert design.blocks[:4] == ["bus", "encoder", "registers", "packet"]
    native = make_design(tmp_path / "native", network, scores=True)
    assert design.latency == native.latency  # a register of bits stands in the encoder's stead
    assert design.initiation_interval == 2 * protocol.beats


def test_what_has_no_effect_is_an_error(tmp_path: Path) -> None:
    network = image([[100]] * 9)
    design = make_design(tmp_path / "d", network, axi_lite=True)
    at = protocol_of(design).registers
    assert protocol_of(design).beats == 3
    words = [
        Access(WRITE, at["sample"], 0xFFFFFFFF),
        Access(WRITE, at["sample"] + 4, 0xFFFFFFFF),
        Access(WRITE, at["sample"] + 8, 0xFF),
    ]
    vain = [
        Access(WRITE, at["id"]),
        Access(WRITE, at["status"], 3),
        Access(WRITE, at["result"]),
        Access(WRITE, at["pop"]),  # nothing is there
        Access(READ, at["pop"]),
        Access(READ, at["result"]),
        Access(READ, at["sample"]),
        Access(WRITE, at["sample"] + 12),  # beyond the last word
        Access(WRITE, at["sample"] + 4, 0, 0b0111),
        Access(WRITE, at["sample"] + 8, 0, 0),  # would start the sample
    ]
    found = run(tmp_path / "d", design, [*vain, *words, *vain[5:0:-1]], seed=1)
    assert [response for response, _ in found[: len(vain)]] == [SLVERR] * len(vain)
    assert {word for _, word in found[: len(vain)]} == {"-", "0" * 8}
    label = int(network.predict(np.full((1, 9), 255))[0])
    accesses = [*vain[8:], *words, Access(READ, at["status"]), *read_result(design)]
    accesses += [Access(READ, at["status"]), *vain[:7]]
    found = run(tmp_path / "d", design, accesses, seed=2)
    assert found[:2] == [(SLVERR, "-")] * 2
    assert found[6] == (OKAY, f"{label:08x}")
    assert found[8] == (OKAY, f"{1:08x}")
    assert {response for response, _ in found[9:]} == {SLVERR}


def test_samples_wait_and_none_is_overwritten(tmp_path: Path) -> None:
    network = image([[100]] * 4)
    design = make_design(tmp_path / "d", network, levels_per_stage=0, axi_lite=True)
    at = protocol_of(design).registers
    rng = np.random.default_rng(1)
    samples = random_samples(rng, network, 5)
    words = [word for (word,) in words_of(network, samples, rng)]
    places = design.latency + 1  # in the core's FIFO, and the one that waits before it
    assert places == 3
    accesses = []
    for word in words[:places]:
        accesses += [Access(WRITE, at["sample"], word), Access(READ, at["status"])]
    refused = [Access(WRITE, at["sample"], word) for word in words[places:]]
    fetched = [access for _ in range(places) for access in read_result(design)]
    found = run(tmp_path / "d", design, [*accesses, *refused, *fetched], seed=3)
    assert [response for response, _ in found[: 2 * places : 2]] == [OKAY] * places
    assert int(found[2 * places - 1][1], 16) == 2  # a result, and no more samples
    assert [r for r, _ in found[2 * places : 2 * places + 2]] == [SLVERR] * 2
    labels = [int(word, 16) for _, word in found[2 * places + 2 :: 2]]
    assert labels == network.predict(samples[:places]).tolist()


def test_no_output_depends_on_an_input_within_a_cycle() -> None:
    network = image([[128]] * 6)
    packing = pack_features(network.encoder.features, 32)
    lanes, behind = split(network, packing, in_order=False)
    core = Accelerator(Schedule(behind, 1))
    top = AxiLiteAccelerator(core, lanes, packing, digest=network.sha256)
    rng = np.random.default_rng(1)
    ports = {name: getattr(top, name) for name in top.signature.members}
    outputs = [n for n, member in top.signature.members.items() if member.flow.name == "Out"]
    inputs = [name for name in ports if name not in outputs and name not in ("aclk", "aresetn")]
    assert "s_axi_awready" in outputs and "s_axi_awvalid" in inputs
    seen = set()

    async def bench(ctx: Any) -> None:
        for cycle in range(1500):
            ctx.set(top.aresetn, cycle > 1)
            states = []
            for _ in range(3):
                for name in inputs:
                    most = (1 << len(ports[name])) - 1  # of strobes, the whole word
                    word = int(rng.integers(most, endpoint=True))
                    ctx.set(ports[name], most if rng.integers(2) else word)
                await ctx.delay(1e-6)
                states.append(tuple(ctx.get(ports[name]) for name in outputs))
            assert states[0] == states[1] == states[2]
            seen.add(states[0])
            ctx.set(top.aclk, 1)
            await ctx.delay(1e-6)
            ctx.set(top.aclk, 0)

    simulator = Simulator(top)
    simulator.add_testbench(bench)
    simulator.run()
    for index, name in enumerate(outputs):
        assert len({state[index] for state in seen}) > 1, name


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"form": Form(input_width=4)}, "^input width 4 and AXI4-Lite, which has registers of 32"),
        ({"tag_width": 3}, "^tag width 3 and AXI4-Lite, which has registers of 32 bits, exclude"),
        ({"stream": AxiStream(32)}, "^AXI4-Streams and AXI4-Lite"),
        ({"combinational": True}, "^the combinational interface and AXI4-Lite"),
        ({"latency": 1}, "^latency is 1: with AXI4-Lite it is at least 2"),
    ],
)
def test_what_registers_do_not_have_is_refused(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,))
    with pytest.raises(InputError, match=sentence):
        make_design(tmp_path / "d", network, axi_lite=True, **options)
    assert list((tmp_path / "d").iterdir()) == []


def test_a_latency_counts_the_cycle_in_which_words_are_stored(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(20, 20))
    assert make_design(tmp_path / "d", network, axi_lite=True, latency=3).latency == 3
