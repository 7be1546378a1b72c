"""`python -m benchmarks.frontier`: train and build what is missing, and write docs/frontier.md."""

from benchmarks.frontier.cores import build_missing
from benchmarks.frontier.page import write_page
from benchmarks.frontier.plan import CASES, configs_of
from benchmarks.runs import train_missing


def main() -> None:
    """Train and build what is missing, and write the page after each run."""
    cases = [case for own in CASES.values() for case in own]
    write_page()
    of_seeds = zip(*(configs_of(case) for case in cases), strict=True)
    for _ in train_missing([config for configs in of_seeds for config in configs]):
        build_missing(cases)
        write_page()
    build_missing(cases)
    write_page()


if __name__ == "__main__":
    main()
