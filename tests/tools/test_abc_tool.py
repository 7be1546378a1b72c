from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from connective import Network, canonicalize
from connective.errors import ToolError
from connective.formats.aiger import read_aiger, write_aiger
from connective.formats.blif import read_blif, write_blif
from connective.tools.abc import equivalent, run_abc
from connective.tools.yosys import quote, run_yosys
from tests.networks import random_network, random_samples


@pytest.fixture(scope="module", params=[2, 4, 6])
def network(request: pytest.FixtureRequest) -> Network:
    rng = np.random.default_rng(request.param)
    return random_network(rng, layers=[50, 50, 30], k=request.param, skips=True, head="bits")


def test_abc_finds_blif_and_aiger_equivalent(tmp_path: Path, network: Network) -> None:
    write_blif(tmp_path / "x.blif", network, {})
    write_aiger(tmp_path / "x.aig", network, {})
    log = tmp_path / "log"
    assert equivalent(tmp_path / "x.blif", tmp_path / "x.aig", log=log, timeout=60)


def test_abc_finds_an_inverted_output(tmp_path: Path, network: Network) -> None:
    node = network.outputs[0]
    fanin = np.vstack([network.fanin, np.full((1, network.k), node)])
    table = np.append(network.table, np.uint64(1))
    outputs = network.outputs.copy()
    outputs[0] = network.n_nodes
    fanin, table = canonicalize(fanin, table)
    write_blif(tmp_path / "x.blif", network, {})
    write_aiger(tmp_path / "x.aig", replace(network, fanin=fanin, table=table, outputs=outputs), {})
    log = tmp_path / "log"
    assert not equivalent(tmp_path / "x.blif", tmp_path / "x.aig", log=log, timeout=60)


def test_what_yosys_makes_of_our_files_is_the_same_network(
    tmp_path: Path, network: Network
) -> None:
    write_blif(tmp_path / "x.blif", network, {})
    commands = [f"read_blif {quote(tmp_path / 'x.blif')}", "abc -lut 6", "opt_clean"]
    commands += [f"write_blif {quote(tmp_path / '0.blif')}"]
    for suffix in (".aig", ".aag"):
        write_aiger(tmp_path / f"x{suffix}", network, {})
        commands += ["design -reset", f"read_aiger {quote(tmp_path / f'x{suffix}')}"]
        commands += ["abc -g AND", "opt_clean"]
        commands += [f"write_aiger {quote(tmp_path / f'1{suffix}.aig')}"]
        commands += [f"write_aiger -ascii -symbols {quote(tmp_path / f'2{suffix}.aag')}"]
    run_yosys(commands, log=tmp_path / "log", timeout=60)

    samples = random_samples(np.random.default_rng(0), network, 300)
    bits, expected = network.encoder.encode(samples).T.astype(int), network.output_bits(samples)
    assert (read_blif(tmp_path / "0.blif")[0].output_bits(bits) == expected).all()
    for name in ("1.aig.aig", "1.aag.aig", "2.aig.aag", "2.aag.aag"):
        assert (read_aiger(tmp_path / name)[0].output_bits(bits) == expected).all()


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(ToolError, match=r'^ABC failed: .*Cannot open input file "none\.blif"'):
        run_abc(["read_blif none.blif", "print_stats"], log=log, timeout=60)
