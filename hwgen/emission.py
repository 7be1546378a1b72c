"""From Amaranth components to the text of Verilog modules, through Yosys."""

import os
import re
import tempfile
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import ClockDomain, Module

from connective.design import Reset
from connective.folder import temporary_folder
from connective.tools.yosys import quote, run_yosys, written
from hwgen.active_low import ActiveLow
from hwgen.block import Block
from hwgen.verilog_text import polish

YOSYS_SECONDS = 600
COMMENT_COLUMNS = 97
NAMELESS = r"\nameless"


@dataclass(frozen=True)
class _Module:
    """A block as RTLIL in which the module is called `NAMELESS`, and what RTLIL does not say."""

    rtlil: str
    summary: str
    ports: tuple[str, ...]
    resets: bool


class Emission:
    """Emits a block and all that is placed in it, each as a module of its own.

    Where the top has a reset of its own it is as `reset` says, and in the blocks active high.
    It is Amaranth's `platform` while a block is elaborated, so that `place` can ask for a module.

    Members
    -------
    instances: names of the blocks in the top, in the order of the data
    """

    def __init__(self, top: Block, name: str, *, reset: Reset = "sync-high") -> None:
        self._top_name = name
        self._asynchronous = reset.startswith("async")
        self._modules: dict[str, _Module] = {}
        self.instances: list[str] = []
        of_top = self._convert(top, active_low=reset.endswith("low"))
        self._modules = {name: of_top, **self._modules}

    def module_of(self, block: Block, instance: str) -> str:
        """The name of the block's module, which serves for all blocks that are alike."""
        self.instances.append(instance)
        module = self._convert(block)
        for name, known in self._modules.items():
            if known == module:
                return name
        name = f"{self._top_name}_{instance}"
        assert name not in self._modules, f"two blocks that differ are called {instance}"
        self._modules[name] = module
        return name

    def verilog(self) -> dict[str, str]:
        """The text of each module by its name, the top first, then in the order of the data."""
        with temporary_folder() as folder:
            source, target = folder / "design.il", folder / "design.v"
            text = "".join(
                module.rtlil.replace(NAMELESS, f"\\{name}")
                for name, module in self._modules.items()
            )
            source.write_text(text, encoding="utf-8")
            _run_logged(self._commands(source, target))
            text = written(target)
        texts = {
            match[1]: match[0]
            for match in re.finditer(
                r"^module (\w+).*?^endmodule\n", text, re.DOTALL | re.MULTILINE
            )
        }
        return {
            name: _comment(module.summary) + polish(texts[name], module.ports, self.instances)
            for name, module in self._modules.items()
        }

    def _commands(self, source: Path, target: Path) -> list[str]:
        """What Yosys does: as little as possible to the data path, which is as we wrote it.

        Modules with a reset hold the FIFO of Amaranth's library and are tidied more. Memories and
        registers lose their initial values: the reset sets those that need one.
        """
        control = " ".join(name for name, module in self._modules.items() if module.resets)
        tidied = [f"opt_clean {control}", f"opt_dff -nodffe {control}"] if control else []
        return [
            f"read_rtlil {quote(source)}",
            f"setattr -mod -set keep_hierarchy 1 {' '.join(self._modules)}",
            "proc -noopt",
            "flatten -separator _",
            "delete t:$meminit_v2",
            "memory_collect",
            *tidied,
            "wreduce t:$add t:$sub t:$mux",
            *([f"opt_clean -purge {control}"] if control else []),
            "setattr -unset init w:*",
            "rename -enumerate -pattern unnamed_% w:$*",
            f"write_verilog -noattr {quote(target)}",
        ]

    def _convert(self, block: Block, *, active_low: bool = False) -> _Module:
        ports = {name: getattr(block, name) for name in block.signature.members}
        ports = {name: port for name, port in ports.items() if len(port)}
        names = [*(["clk"] * block.clocked), *(["rst"] * block.resets), *ports]
        inverted = None
        if active_low and block.resets:
            inverted = ActiveLow(asynchronous=self._asynchronous)
            ports = inverted.ports | ports
            names = list(ports)

        def domain(name: str) -> ClockDomain | Module:
            if inverted:
                return inverted.domain()
            resets = block.resets
            return ClockDomain(name, reset_less=not resets, async_reset=self._asynchronous)

        text: str = rtlil.convert(
            block,
            name=NAMELESS[1:],
            platform=self,
            ports={name: (port, None) for name, port in ports.items()},
            emit_src=False,
            missing_domain=domain,
        )
        return _Module(text, block.summary, tuple(names), block.resets)


def _run_logged(commands: Sequence[str]) -> None:
    """Run Yosys; the log stays only where an error speaks of it."""
    descriptor, name = tempfile.mkstemp(prefix="connective-yosys-", suffix=".log")
    os.close(descriptor)
    run_yosys(commands, log=Path(name), timeout=YOSYS_SECONDS)
    Path(name).unlink()


def _comment(summary: str) -> str:
    return "".join(f"// {line}\n" for line in textwrap.wrap(summary, COMMENT_COLUMNS))
