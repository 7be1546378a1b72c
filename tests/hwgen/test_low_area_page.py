"""What docs/low-area.md shows works."""

import re
from pathlib import Path

import numpy as np

from hwgen.form import Form
from tests.designs import make_design
from tests.hwgen.icarus_bench import binary, cut, run
from tests.networks import random_network, random_samples

PAGE = Path(__file__).parents[2] / "docs" / "low-area.md"
PINS = """
module pins(input clk, input rst, input [7:0] i_payload, input i_valid, output i_ready,
  output [7:0] o_label, output o_valid, input o_ready);
  wire [7:0] uio_out, uio_oe;
  assign i_ready = uio_out[2];
  assign o_valid = uio_out[3];
  tt_um_connective project (.ui_in(i_payload), .uo_out(o_label),
    .uio_in({6'd0, o_ready, i_valid}), .uio_out(uio_out), .uio_oe(uio_oe),
    .ena(1'b1), .clk(clk), .rst_n(~rst));
endmodule
"""


def test_a_core_behind_the_pins_of_tiny_tapeout_gives_the_labels(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=(20, 20), n_inputs=12, classes=4)
    folder = tmp_path / "design"
    design = make_design(folder, network, form=Form(serial=True, input_width=8))
    (project,) = re.findall(r"^module tt_um.*?^endmodule\n", PAGE.read_text(), re.S | re.M)
    (folder / "pins.v").write_text(PINS + project)
    ports = [p.model_copy(update={"width": 8} if p.name == "o_label" else {}) for p in design.ports]
    sources = {**design.sources, "pins.v": ""}
    behind = design.model_copy(update={"top": "pins", "sources": sources, "ports": ports})
    samples = random_samples(np.random.default_rng(4), network, 20)
    words = cut(network.encoder.payloads(samples), 8, design.protocol.beats)
    for seed in (None, 1):
        results, _ = run(folder, behind, words, seed=seed)
        assert results == {"o_label": binary(network.predict(samples).tolist(), 8)}
