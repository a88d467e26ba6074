"""The number of promises in each text that Pledge came with, so that one that is left out of a file is
missed.

A vendor that is not listed here is held to ids without a gap, from 1 to the highest that its file registers.
"""

PROMISES: dict[str, int] = {"oura": 22, "caret": 17, "essensys": 22, "ombori": 31}


def expected_ids(vendor: str, registered: list[str]) -> list[str]:
    """Every clause id that the vendor's file must register."""
    numbers = [int(clause.rsplit("-", 1)[1]) for clause in registered if clause.rsplit("-", 1)[0] == vendor]
    return [f"{vendor}-{number}" for number in range(1, PROMISES.get(vendor, max(numbers, default=0)) + 1)]
