"""Folding, differences and the Sequential question: how long they take, and how often the first difference is right.

    python -m benchmarks.differences

The peer of a difference is networkx' graph edit distance, on networks it can do at all; it knows nothing of layers that
are shared or merges that commute. Topologies are read from JSON before every run, so that nothing is remembered.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import networkx

from benchmarks.topology import as_networkx, chain, residual_stack
from kerastutor.models.reading import read
from kerastutor.topology.differences.difference import apply, diff
from kerastutor.topology.folding import fold, visible
from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.mutation import KINDS, Mutant, mutate
from kerastutor.topology.inventing.sampling import relabel, sample
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sequential import why_not_sequential


def cold_ms(action: Callable[..., Any], *texts: str, runs: int = 5) -> float:
    """The median time of `action` on topologies that were just made from their JSON."""
    times = []
    for _ in range(runs + 1):
        fresh = [Topology.from_json(text) for text in texts]
        began = time.perf_counter()
        action(*fresh)
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times[1:])


def print_applications() -> None:
    print("model              calls  boxes  fold ms  why not ms | one mistake, ms by kind (differences told)")
    for name in ("ResNet50", "MobileNetV2", "InceptionV3", "DenseNet121", "EfficientNetB7"):
        topology = read(getattr(keras.applications, name)(weights=None))
        text = topology.to_json()
        boxes = visible(topology, fold(topology))
        folding, asking = cold_ms(fold, text), cold_ms(why_not_sequential, text)
        told = " ".join(_one_mistake(topology, kind) for kind in ("wrong_config", "wrong_arrow", "missing_layer"))
        print(f"{name:<16} {len(topology.calls):>7} {boxes:>6} {folding:>8.1f} {asking:>11.1f} | {told}")


def _one_mistake(topology: Topology, kind: str) -> str:
    mutant = mutate(topology, kind, 0).topology
    taken = cold_ms(diff, mutant.to_json(), topology.to_json(), runs=3)
    return f"{kind} {taken:.0f} ({len(diff(mutant, topology))})"


def single_mistakes() -> Iterator[tuple[Topology, Mutant]]:
    """Networks with one mistake each, of every kind and level in turn."""
    for seed in count():
        expected = sample(1 + seed % 5, seed)
        try:
            yield expected, mutate(expected, KINDS[(seed // 5) % len(KINDS)], seed)
        except LookupError:
            continue


def print_single_mistakes(how_many: int = 2_000) -> None:
    named = alone = exact = mended = 0
    times = []
    for expected, mutant in islice(single_mistakes(), how_many):
        renamed = relabel(expected, how_many)
        began = time.perf_counter()
        found = diff(mutant.topology, renamed)
        times.append(1e3 * (time.perf_counter() - began))
        first = found.items[0]
        touched = set(mutant.calls) | {arrow.call for arrow in mutant.arrows}
        named += bool(touched & set(first.calls) or set(mutant.arrows) & set(first.arrows))
        alone, exact = alone + (len(found) == 1), exact + found.exact
        mended += equal(apply(mutant.topology, found), expected)
    times.sort()
    shares = [f"{100 * part / how_many:.1f} %" for part in (named, alone, exact, mended)]
    print(f"\n{how_many} networks with one mistake: first difference names it {shares[0]} (bar 97 %), told as one")
    print(f"{shares[1]}, proved smallest {shares[2]}, mended to the expected network {shares[3]};")
    print(f"median {statistics.median(times):.1f} ms, 99 % within {times[int(0.99 * how_many)]:.0f} ms")


def print_peer() -> None:
    print("\none missing layer: ours, and networkx' graph edit distance (at most 20 s)")
    for calls in (3, 6, 9):
        expected = residual_stack(calls)
        mutant = mutate(expected, "missing_layer", 0).topology
        ours = cold_ms(diff, mutant.to_json(), expected.to_json())
        began = time.perf_counter()
        networkx.graph_edit_distance(
            as_networkx(mutant),
            as_networkx(expected),
            node_match=lambda a, b: a["what"] == b["what"],
            edge_match=lambda a, b: a["slot"] == b["slot"],
            timeout=20,
        )
        peer = 1e3 * (time.perf_counter() - began)
        print(f"{calls:>3} calls {ours:>7.1f} ms {peer:>9.0f} ms, ratio {peer / ours:.0f}")


def print_growth() -> None:
    print("\nms, and ns per call and log2(calls), which stays level where the cost is n log n")
    actions: tuple[Callable[[Topology], Any], ...] = (fold, why_not_sequential)
    for build in (chain, residual_stack):
        for calls in (10, 100, 1_000, 10_000):
            text = build(calls).to_json()
            taken = [cold_ms(action, text, runs=3) for action in actions]
            levels = [1e6 * ms / (calls * math.log2(calls)) for ms in taken]
            figures = "  ".join(
                f"{action.__name__} {ms:>8.1f} ms {level:>6.0f}"
                for action, ms, level in zip(actions, taken, levels, strict=True)
            )
            print(f"{build.__name__:<15} {calls:>6}  {figures}")


if __name__ == "__main__":
    print_applications()
    print_single_mistakes()
    print_peer()
    print_growth()
