"""A small network that takes for ever to compare: every part looks like every other, and no two can be exchanged."""

from typing import Any

_LINES = ((0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5))
"""The lines of the Fano plane, on seven points."""


def hard_network(copies: int = 4) -> dict[str, Any]:
    """As plain data: planes of Dense points, whose lines meet in Maximum layers, all added up."""
    layers: list[dict[str, Any]] = [{"id": "x", "kind": "Input", "config": {"shape": [None, 4]}, "weights": []}]
    calls: list[dict[str, Any]] = [{"id": "x", "layer": "x", "outputs": [[[None, 4], "float32"]]}]

    def call(id: str, kind: str, *takes: str) -> str:
        weights = [["kernel", [4, 4], True], ["bias", [4], True]] if kind == "Dense" else []
        owns = {"owns": "weights"} if weights else {}
        layers.append({"id": id, "kind": kind, "config": {"units": 4} if weights else {}, "weights": weights, **owns})
        slots = ["inputs"] if len(takes) == 1 else [f"inputs.{place}" for place in range(len(takes))]
        arguments = [[slot, {"tensor": [taken, 0]}] for slot, taken in zip(slots, takes, strict=True)]
        calls.append({"id": id, "layer": id, "arguments": arguments, "outputs": [[[None, 4], "float32"]]})
        return id

    ends = []
    for copy in range(copies):
        points = [call(f"point {copy}.{number}", "Dense", "x") for number in range(7)]
        for number, line in enumerate(_LINES):
            met = call(f"line {copy}.{number}", "Maximum", *(points[point] for point in line))
            ends.append(call(f"end {copy}.{number}", "Dense", met))
    call("sum", "Add", *ends)
    return {
        "format": "kerastutor.topology",
        "version": 1,
        "name": "hard",
        "api": "functional",
        "layers": layers,
        "calls": calls,
        "inputs": [["x", 0, None]],
        "outputs": [["sum", 0, None]],
    }
