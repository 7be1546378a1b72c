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


def alkaid_design(model: nn.Sequential, dataset: Dataset, pipelined: bool, folder: Path) -> Design:
    """Its Verilog of torchlogix's layers and group sums; pipelined: one level of gates a stage.

    The comparisons before it and the argmax behind it, which has no register, are ours.
    """
    peer, trace = torchlogix.load(), PACKAGE.load("alkaid.trace")
    classes = len(dataset.class_names)
    summed = nn.Sequential(
        *list(model)[:-1], peer.layers.GroupSum(classes)
    )  # whole numbers: no tau
    peer.utils.set_export_mode(summed.eval())
    inputs = trace.FVArrayInput((1, dataset.encoder.n_rows)).quantize(0, 1, 0)
    tracer = import_module("torchlogix._alkaid_plugin").LogicALIRTracer(
        summed, trace.HWConfig(1, 1, -1), None
    )
    logic = trace.trace(*tracer.trace(inputs=inputs, verbose=False))
    made = folder / f"alkaid-{pipelined}"
    rtl = PACKAGE.load("alkaid.codegen").RTLModel(
        logic, made, "net", latency_cutoff=1 if pipelined else -1
    )
    rtl.write()
    peer.utils.set_export_mode(summed, enabled=False)
    top = (made / "src" / "net_wrapper.v").read_text()
    (highest,) = re.findall(r"output wire \[(\d+):0\] model_out", top)
    width = (int(highest) + 1) // classes
    clock = ".clk(clk), " if pipelined else ""
    instance = f"net_wrapper net({clock}.model_inp(bits), .model_out(scores));"
    words = around(instance, dataset.encoder, classes, width, clocked=pipelined)
    (folder / "words.v").write_text(words)
    sources = [folder / "words.v", *sorted((made / "src").rglob("*.v"))]
    latency = _latency(made) if pipelined else None
    kind = "one level a stage" if pipelined else "combinational"
    return Design(f"{NAME}, {kind}", sources, "words", latency)


def _latency(made: Path) -> int:
    """Cycles from a sample to its scores: the registers that the top module has in a row."""
    text = (made / "src" / "net.v").read_text()
    return len(set(re.findall(r"(\w+)(?:\[[\d:]+\])? <=", text)))
