"""Sends samples to the board and prints their labels: `python classify.py CORE PORT WORDS.csv`.

CORE is the folder of the core that the board holds, PORT its serial port, such as /dev/ttyUSB1, and
WORDS.csv what `connective encode` made of samples. It needs pyserial.
"""

import csv
import runpy
import sys
import time
from pathlib import Path

import serial

BAUD = 1_000_000
SILENCE = 0.2  # seconds, twice what ends a frame
WRONG = 255
BLOCK = 4096  # bytes on their way at most
TRIES = 3


def main(core: str, port: str, words: str) -> None:
    (software,) = Path(core, "sw").glob("*.py")
    known = runpy.run_path(str(software))
    width = len(known["FEATURES"])
    with Path(words).open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    frames = [known["pack_bytes"]([int(word) for word in row[:width]]) for row in rows]
    size = max(1, BLOCK // known["PAYLOAD_BYTES"])
    with serial.Serial(port, BAUD, timeout=1) as line:
        for start in range(0, len(frames), size):
            for answer in classify(line, frames[start : start + size]):
                print(known["label"](bytes([answer])))


def classify(line: serial.Serial, frames: list[bytes]) -> bytes:
    """An answer a frame. If one is wrong or missing, a byte was lost: all are sent again."""
    for _ in range(TRIES):
        line.write(b"".join(frames))
        answers = line.read(len(frames))
        if len(answers) == len(frames) and WRONG not in answers:
            return answers
        time.sleep(SILENCE)
        line.reset_input_buffer()
    sys.exit(f"{line.port}: {len(frames)} frames gave no whole answer in {TRIES} tries")


if __name__ == "__main__":
    main(*sys.argv[1:])
