"""dwn2rtl, which writes Verilog of layers of LUTs.

What trains such layers, torch-dwn, needs CUDA to be installed, so a network of ours stands in.
"""

from pathlib import Path

import numpy as np
import torch

from benchmarks.peers.design import Design
from benchmarks.peers.packages import Package
from benchmarks.peers.verilog import module
from connective import Network

NAME = "dwn2rtl 0.3.0"
PACKAGE = Package("dwn2rtl", ("dwn2rtl==0.3.0",))


def dwn2rtl_design(network: Network, folder: Path) -> Design:
    """Its Verilog of one layer of gates behind thermometers of unsigned words, without registers.

    Its words are signed: behind `i_payload` they get a zero.
    """
    dwn2rtl = PACKAGE.load()
    encoder, (gates, k) = network.encoder, network.fanin.shape
    assert network.depth == 1 and (network.weights == 1).all(), "one layer whose gates count alike"
    width = encoder.features[0].width
    thresholds = encoder.value.reshape(len(encoder.features), -1) - 1.0  # x > t, and not x ≥ t
    bits = network.table[:, None] >> np.arange(2**k, dtype=np.uint64) & np.uint64(1)
    checkpoint = {
        "config": {
            "n": k,
            "num_classes": network.n_classes,
            "layers": [gates],
            "thermometer_bits": thresholds.shape[1],
        },
        "state_dict": {
            "0.luts": torch.from_numpy(np.where(bits, 1.0, -1.0)),
            "0.mapping": torch.from_numpy(network.fanin.astype(np.int64)),
        },
        "thermometer": {"thresholds": torch.from_numpy(thresholds / 2**width)},
    }
    made = folder / "dwn2rtl"
    no_registers = dwn2rtl.Pipeline(enc=0, lut=0, pop=0, out=0)
    dwn2rtl.build(checkpoint, str(made), input_bits=width, pipeline=no_registers, n_random=0)
    words = ", ".join(
        f"1'b0, i_payload[{low + width - 1}:{low}]" for low in reversed(encoder.offsets.tolist())
    )
    lines = [f"dwn_top dwn(.clk(1'b0), .x_flat({{{words}}}), .class_idx(o_label));"]
    top = folder / "words.v"
    top.write_text(module("words", encoder, network.n_classes, lines))
    return Design(f"{NAME}, combinational", [top, *sorted(made.glob("*.v"))], "words")
