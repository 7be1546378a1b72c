"""alkaid, by which torchlogix makes pipelines."""

import re
from importlib import import_module
from pathlib import Path

from torch import nn

from benchmarks import torchlogix
from benchmarks.peers.design import Design
from benchmarks.peers.packages import Package
from benchmarks.peers.verilog import around
from train.data import Dataset

NAME = "alkaid 0.8.2"
PACKAGE = Package("alkaid", ("alkaid==0.8.2", "quantizers==1.2.2"))


def alkaid_design(model: nn.Sequential, dataset: Dataset, folder: Path) -> Design:
    """Its Verilog of torchlogix's layers and group sums, one level of gates a stage.

    The comparisons before it and the argmax behind it, which has no register, are ours.
    """
    peer, trace = torchlogix.load(), PACKAGE.load("alkaid.trace")
    classes = len(dataset.class_names)
    counts = peer.layers.GroupSum(classes)  # whole numbers, as tau is 1
    summed = nn.Sequential(*list(model)[:-1], counts)
    peer.utils.set_export_mode(summed.eval())
    inputs = trace.FVArrayInput((1, dataset.encoder.n_rows)).quantize(0, 1, 0)
    tracer = import_module("torchlogix._alkaid_plugin").LogicALIRTracer(
        summed, trace.HWConfig(1, 1, -1), None
    )
    logic = trace.trace(*tracer.trace(inputs=inputs, verbose=False))
    made = folder / "alkaid"
    PACKAGE.load("alkaid.codegen").RTLModel(logic, made, "net", latency_cutoff=1).write()
    peer.utils.set_export_mode(summed, enabled=False)
    top = (made / "src" / "net_wrapper.v").read_text()
    (highest,) = re.findall(r"output wire \[(\d+):0\] model_out", top)
    width = (int(highest) + 1) // classes
    instance = "net_wrapper net(.clk(clk), .model_inp(bits), .model_out(scores));"
    words = around(instance, dataset.encoder, classes, width, clocked=True)
    (folder / "words.v").write_text(words)
    sources = [folder / "words.v", *sorted((made / "src").rglob("*.v"))]
    return Design(f"{NAME}, pipeline", sources, "words", _latency(made))


def _latency(made: Path) -> int:
    """Cycles from a sample to its scores: the registers that the top module has in a row."""
    text = (made / "src" / "net.v").read_text()
    return len(set(re.findall(r"(\w+)(?:\[[\d:]+\])? <=", text)))
