import subprocess
import sys

CODE = """
import resource, torch
from train.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.ones(16 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

given_back = faults()
keep_freed_memory()
faults()  # the heap grows to what is needed
kept = faults()
assert kept < given_back / 10, (kept, given_back)
"""


def test_freed_memory_is_used_again_without_new_pages() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)  # it holds for the whole process
