"""The Verilog between AXI4-Streams against the network, on a bench apart from the simulation's."""

import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import Feature, InputError, Network, canonicalize, thermometer
from connective.axi_stream import AxiStream
from connective.design import AxiLiteProtocol, AxiStreamProtocol, Design
from connective.packing import pack_features
from hwgen.accelerator import Accelerator
from hwgen.axi_stream import AxiStreamAccelerator
from hwgen.lanes import split
from hwgen.schedule import Schedule
from tests.designs import make_design
from tests.hwgen.axi_icarus_bench import Beat, run
from tests.hwgen.icarus_bench import binary
from tests.hwgen.test_emit import lint
from tests.networks import networks, random_network, random_samples

Packet = list[Beat]


def protocol_of(design: Design) -> AxiStreamProtocol:
    assert isinstance(design.protocol, AxiStreamProtocol)
    return design.protocol


def packets(
    network: Network, design: Design, samples: np.ndarray, rng: np.random.Generator
) -> list[Packet]:
    """A packet a sample; what is no bit of a feature is random, and so is TUSER before the end."""
    protocol = protocol_of(design)
    width, lanes = protocol.tdata_width, protocol.tdata_width // 8
    packing = pack_features(network.encoder.features, width)
    made = []
    for sample in samples.tolist():
        data = [int.from_bytes(rng.bytes(lanes), "little") for _ in range(protocol.beats)]
        keep = [int(rng.integers(256)) * 0x0101 & (1 << lanes) - 1 for _ in data]
        for word, place in zip(sample, packing.places, strict=True):
            mask = (1 << place.width) - 1
            data[place.beat] &= ~(mask << place.offset)
            data[place.beat] |= (word & mask) << place.offset
            first, end = place.offset // 8, -(-(place.offset + place.container) // 8)
            keep[place.beat] |= (1 << end) - (1 << first)
        tags = rng.integers(0, 1 << protocol.tag_width, len(data)).tolist()
        beats = zip(data, keep, tags, strict=True)
        made.append([Beat(d, k, i == len(data) - 1, t) for i, (d, k, t) in enumerate(beats)])
    return made


def results(network: Network, design: Design, samples: np.ndarray) -> list[int]:
    """TDATA, or the words, of each result by the definition of its fields."""
    assert isinstance(design.protocol, AxiStreamProtocol | AxiLiteProtocol)
    fields = {field.name: field for field in design.protocol.results}
    if network.head == "bits":
        bits = network.output_bits(samples)
        return [sum(int(bit) << i for i, bit in enumerate(row)) for row in bits]
    columns = {"label": network.predict(samples)}
    columns |= {f"score_{c}": scores for c, scores in enumerate(network.scores(samples).T)}
    if "margin" in fields or "reject" in fields:
        best = np.sort(network.scores(samples), axis=1)[:, ::-1]
        columns["margin"] = best[:, 0] - best[:, 1]
        columns["reject"] = columns["margin"] < (design.options.reject_below or 0)
    return [
        sum(
            (int(columns[name][s]) & (1 << field.container) - 1) << field.offset
            for name, field in fields.items()
        )
        for s in range(len(samples))
    ]


def can_lead(network: Network) -> bool:
    """Whether some class may have a greater score than all others."""
    if network.n_classes < 2:
        return False
    low, high = network.score_range
    return bool(high.max() > np.sort(low)[-2])


def spoilt(packet: Packet, kind: int) -> Packet:
    """The packet too short, too long, or without a byte that it needs."""
    *first, last = packet
    if kind == 0:
        return [*first, Beat(last.data, last.keep, False), *packet]
    if kind == 1 and first:
        return [*first[:-1], Beat(first[-1].data, first[-1].keep, True, last.tag)]
    return [Beat(packet[0].data, packet[0].keep & ~1, packet[0].last, packet[0].tag), *packet[1:]]


def check(network: Network, folder: Path, design: Design, seed: int) -> None:
    """Right packets at full rate, then wrong ones among them under stalls."""
    rng = np.random.default_rng(seed)
    protocol = protocol_of(design)
    samples = random_samples(rng, network, 12)
    sent, expected = packets(network, design, samples, rng), results(network, design, samples)
    tags = [packet[-1].tag for packet in sent]
    found, cycles = run(folder, design, [beat for packet in sent for beat in packet])
    assert cycles == len(samples) * protocol.beats + design.latency
    width = protocol.result_width
    assert [data for _, data in found] == binary(expected, width)
    assert [user for user, _ in found] == binary([tag << 1 for tag in tags], protocol.tag_width + 1)

    kinds = rng.integers(0, 6, len(sent)).tolist()
    mixed = [spoilt(p, kind) if kind < 3 else p for p, kind in zip(sent, kinds, strict=True)]
    beats = [beat for packet in mixed for beat in packet]
    found, _ = run(folder, design, beats, seed=seed % 1000 + 1)
    answers = [0 if kind < 3 else data for data, kind in zip(expected, kinds, strict=True)]
    users = [p[-1].tag << 1 | (kind < 3) for p, kind in zip(mixed, kinds, strict=True)]
    assert [data for _, data in found] == binary(answers, width)
    assert [user for user, _ in found] == binary(users, protocol.tag_width + 1)


def lint_icarus(folder: Path, design: Design) -> None:
    command = ["iverilog", "-g2005", "-Wall", "-t", "null", *design.sources]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@settings(max_examples=20, deadline=None)
@given(
    networks(heads=("class", "scores", "bits")),
    st.sampled_from([8, 16, 24, 64]),
    st.sampled_from([0, 1, 5]),
    st.integers(0, 3),
    st.integers(0, 2**32 - 1),
)
def test_the_verilog_computes_the_network(
    tmp_path_factory: pytest.TempPathFactory,
    network: Network,
    tdata_width: int,
    tag_width: int,
    levels_per_stage: int,
    seed: int,
) -> None:
    folder = tmp_path_factory.mktemp("verilog") / "design"
    design = make_design(
        folder,
        network,
        levels_per_stage=levels_per_stage,
        scores=network.head != "bits" and seed % 2 == 0,
        margin=network.n_classes > 1 and seed % 3 > 0,
        reject_below=1 if seed % 3 == 1 and can_lead(network) else None,
        stream=AxiStream(tdata_width, tag_width),
    )
    check(network, folder, design, seed)
    lint(folder, design)
    lint_icarus(folder, design)


def image(thresholds: list[list[int]], *, gates: int = 30) -> Network:
    """A network of random gates over bytes with the given thresholds each."""
    rng = np.random.default_rng(7)
    encoder = thermometer([Feature(f"p{i}", 8) for i in range(len(thresholds))], thresholds)
    n = encoder.n_rows
    fanin, table = canonicalize(rng.integers(0, n, (gates, 2)), np.full(gates, 6))
    groups = np.arange(0, gates + 1, gates // 3)
    ones = np.ones(gates, dtype=int)
    return Network(encoder, fanin, table, n + np.arange(gates), ones, groups, np.zeros(3, int))


def test_an_image_has_a_comparator_for_each_byte_of_a_beat_and_threshold(tmp_path: Path) -> None:
    network = image([[100, 200]] * 50, gates=150)
    design = make_design(tmp_path / "design", network, stream=AxiStream(32))
    check(network, tmp_path / "design", design, 1)
    text = (tmp_path / "design/rtl/accelerator_encoder.v").read_text()
    assert len(re.findall(">=", text)) == 4 * 2
    assert design.initiation_interval == protocol_of(design).beats == 13
    assert protocol_of(design).bytes == 50


def test_thresholds_of_each_pixel_are_compared_in_its_beat(tmp_path: Path) -> None:
    network = image([[10 * (i + 1)] for i in range(20)], gates=60)
    design = make_design(tmp_path / "design", network, stream=AxiStream(16))
    check(network, tmp_path / "design", design, 2)
    assert "take_0" in (tmp_path / "design/rtl/accelerator_packet.v").read_text()


@pytest.mark.parametrize(("tdata_width", "beats"), [(8, 40), (32, 10), (512, 1)])
def test_the_verilog_has_the_registers_that_the_design_counts(
    tmp_path: Path, tdata_width: int, beats: int
) -> None:
    network = image([[128]] * 30 + [[i] for i in range(1, 11)])
    folder = tmp_path / "design"
    design = make_design(folder, network, stream=AxiStream(tdata_width, 4))
    assert design.initiation_interval == beats
    control = {"credits_used", "fifo_level", "fifo_r_port__addr", "fifo_w_port__addr"}
    bits = 0
    for source in design.sources:
        if Path(source).stem in ("accelerator_receiver", "accelerator_sideband"):
            continue
        copies = 1
        if match := re.search(r"popcount_\d+", source):
            core = (folder / "rtl/accelerator_core.v").read_text()
            copies = len(re.findall(rf"\baccelerator_{match[0]} popcount_", core))
        text = (folder / source).read_text()
        for high, name in re.findall(r"\breg (?:\[(\d+):0\] )?(\w+)[;,\n]", text):
            bits += 0 if name in control else copies * (int(high or 0) + 1)
    assert bits == design.register_bits


def test_the_design_describes_its_ports_and_blocks(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=(30, 40), classes=4)
    stream = AxiStream(16, tag_width=6)
    design = make_design(tmp_path / "design", network, scores=True, stream=stream)
    assert design.initiation_interval == protocol_of(design).beats
    assert [(p.name, p.direction, p.width) for p in design.ports] == [
        ("aclk", "in", 1),
        ("aresetn", "in", 1),
        ("s_axis_tdata", "in", 16),
        ("s_axis_tkeep", "in", 2),
        ("s_axis_tlast", "in", 1),
        ("s_axis_tuser", "in", 6),
        ("s_axis_tvalid", "in", 1),
        ("s_axis_tready", "out", 1),
        ("m_axis_tdata", "out", 40),
        ("m_axis_tlast", "out", 1),
        ("m_axis_tuser", "out", 7),
        ("m_axis_tvalid", "out", 1),
        ("m_axis_tready", "in", 1),
    ]
    levels = ["level_0", "level_1", *(f"popcount_{c}" for c in range(4)), "argmax", "flow"]
    assert design.blocks == ["encoder", "receiver", "packet", *levels, "sideband"]
    native = make_design(tmp_path / "native", network, scores=True)
    assert native.protocol.kind == "native"
    assert native.latency == design.latency  # a register of bits stands in the encoder's stead


def test_ready_and_valid_do_not_depend_on_the_other_side_within_a_cycle() -> None:
    network = image([[128]] * 6)
    packing = pack_features(network.encoder.features, 16)
    lanes, behind = split(network, packing)
    top = AxiStreamAccelerator(Accelerator(Schedule(behind, 1)), lanes, packing, tag_width=2)
    rng = np.random.default_rng(1)
    inputs = {"s_axis_tdata": 16, "s_axis_tkeep": 2, "s_axis_tlast": 1, "s_axis_tvalid": 1}
    seen = set()

    async def bench(ctx: Any) -> None:
        for cycle in range(300):
            ctx.set(top.aresetn, cycle > 1)
            states = []
            for _ in range(2):
                for name, width in inputs.items():
                    ctx.set(getattr(top, name), int(rng.integers(1 << width)))
                ctx.set(top.m_axis_tready, int(rng.integers(6) == 0))
                await ctx.delay(1e-6)
                states.append((ctx.get(top.s_axis_tready), ctx.get(top.m_axis_tvalid)))
            assert states[0] == states[1]
            seen.add(states[0])
            ctx.set(top.aclk, 1)
            await ctx.delay(1e-6)
            ctx.set(top.aclk, 0)

    simulator = Simulator(top)
    simulator.add_testbench(bench)
    simulator.run()
    assert {ready for ready, _ in seen} == {valid for _, valid in seen} == {0, 1}


def test_a_feature_wider_than_a_beat_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    network = image([[1]])
    wide = Network(
        thermometer([Feature("x", 12)], [[1]]),
        *(getattr(network, n) for n in ("fanin", "table", "outputs", "weights", "groups", "bias")),
    )
    with pytest.raises(InputError, match="^feature 'x' has 12 bits, more than a beat of 8 holds"):
        make_design(tmp_path / "design", wide, stream=AxiStream(8))
    assert list((tmp_path / "design").iterdir()) == []
