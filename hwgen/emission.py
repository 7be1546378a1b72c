"""From Amaranth components to the text of Verilog modules, through Yosys."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import ClockDomain

from connective.tools.yosys import quote, run_yosys
from hwgen.block import Block
from hwgen.verilog_text import polish

YOSYS_SECONDS = 600
NAMELESS = "nameless"


class Emission:
    """Emits a block and all that is placed in it, each as a module of its own.

    Members
    -------
    instances: of the blocks in the top, in the order of the data

    It is Amaranth's `platform` while a block is elaborated, so that `place` can ask for a module.
    """

    def __init__(self, top: Block, name: str) -> None:
        self._top_name = name
        self._rtlil: dict[str, str] = {}
        self._ports: dict[str, list[str]] = {}
        self._control: list[str] = []
        self.instances: list[str] = []
        self._convert(top, name)

    def module_of(self, block: Block, instance: str) -> str:
        """The name of the block's module, which serves for all blocks that are alike."""
        self.instances.append(instance)
        name = f"{self._top_name}_{instance}"
        return self._convert(block, name)

    def verilog(self, log: Path) -> dict[str, str]:
        """The text of each module by its name, the top first, then in the order of the data."""
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "design.il"), Path(folder, "design.v")
            source.write_text("\n".join(self._named_rtlil()), encoding="utf-8")
            modules, control = " ".join(self._rtlil), " ".join(self._control)
            run_yosys(
                [
                    f"read_rtlil {quote(source)}",
                    f"setattr -mod -set keep_hierarchy 1 {modules}",
                    "proc",
                    "flatten -separator _",
                    "delete t:$meminit_v2",
                    "memory_collect",
                    f"opt_clean {control}",
                    f"opt_dff -nodffe {control}",
                    "wreduce",
                    f"opt_clean -purge {control}",
                    "setattr -unset init w:*",
                    "rename -enumerate -pattern n% w:$*",
                    f"write_verilog -noattr {quote(target)}",
                ],
                log=log,
                timeout=YOSYS_SECONDS,
            )
            text = target.read_text(encoding="utf-8")
        modules = re.finditer(r"^module (\w+).*?^endmodule\n", text, re.DOTALL | re.MULTILINE)
        texts = {module[1]: module[0] for module in modules}
        names = self._rtlil
        return {name: polish(texts[name], self._ports[name], self.instances) for name in names}

    def _named_rtlil(self) -> Iterator[str]:
        for name, text in self._rtlil.items():
            yield text.replace(f"\\{NAMELESS}", f"\\{name}")

    def _convert(self, block: Block, name: str) -> str:
        ports = {port: (getattr(block, port), None) for port in block.signature.members}
        self._rtlil[name] = ""  # its place among the modules, before those that it places
        text = rtlil.convert(
            block,
            name=NAMELESS,
            platform=self,
            ports={port: value for port, value in ports.items() if len(value[0])},
            emit_src=False,
            missing_domain=lambda domain: ClockDomain(domain, reset_less=not block.resets),
        )
        alike = next((other for other, known in self._rtlil.items() if known == text), None)
        if alike is not None:
            del self._rtlil[name]
            return alike
        self._rtlil[name] = text
        clock = ["clk"] * block.clocked + ["rst"] * block.resets
        self._ports[name] = clock + [port for port, value in ports.items() if len(value[0])]
        if block.resets:
            self._control.append(name)
        return name
