"""The training curves as a picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from train.metrics import Metrics


def draw_curves(history: Sequence[Metrics], path: Path) -> None:
    """Write a PNG of accuracies and temperatures over the epochs."""
    figure = Figure(figsize=(8, 6), layout="constrained")
    FigureCanvasAgg(figure)  # no window system
    accuracy, temperature = figure.subplots(2, sharex=True, height_ratios=(2, 1))
    epochs = [metrics.epoch for metrics in history]
    accuracy.plot(epochs, [100 * metrics.relaxed for metrics in history], label="relaxed")
    accuracy.plot(epochs, [100 * metrics.discretized for metrics in history], label="discretised")
    accuracy.set_ylabel("validation accuracy (%)")
    accuracy.grid(alpha=0.3)
    accuracy.legend(loc="lower right")
    for layer in range(len(history[0].gate_temperatures)):
        connections = [metrics.connection_temperatures[layer] for metrics in history]
        gates = [metrics.gate_temperatures[layer] for metrics in history]
        colour = f"C{layer}"
        temperature.plot(epochs, connections, color=colour, label=f"T_c of layer {layer}")
        temperature.plot(epochs, gates, color=colour, ls="--", label=f"T_g of layer {layer}")
    temperature.set_yscale("log")
    temperature.set_ylabel("temperature")
    temperature.set_xlabel("epoch")
    temperature.xaxis.set_major_locator(MaxNLocator(integer=True))
    temperature.grid(alpha=0.3)
    temperature.legend(loc="lower left", fontsize="small", ncols=2)
    figure.savefig(path)
