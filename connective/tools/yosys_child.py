"""Runs in a process of its own: each argument is a Yosys command."""

import sys

from pyosys import libyosys


def main(commands: list[str]) -> None:
    design = libyosys.Design()
    for command in commands:
        libyosys.run_pass(command, design)


if __name__ == "__main__":
    main(sys.argv[1:])
