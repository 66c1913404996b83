"""How long reading and comparing take, each beside its peer in the same run.

    python -m benchmarks.topology

Reading a live model stands beside Keras' own `get_config` of it; comparing two topologies, read from JSON so that
nothing is remembered, beside a networkx isomorphism of the same graphs (of the smaller one: it takes minutes for the
larger); and the cost for growing networks is set against n log n. All are medians of several runs in milliseconds,
Python's garbage collector resting as in `timeit`: with it, a fingerprint of 10,000 calls takes twice as long.
"""

from __future__ import annotations

import gc
import math
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import networkx
from networkx.algorithms.isomorphism import DiGraphMatcher

from kerastutor.models.reading import read
from kerastutor.topology.differences.difference import diff
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology
from kerastutor.topology.sameness.canonical import equal, fingerprint

BARS = {"ResNet50": 10, "EfficientNetB7": 40}
"""Milliseconds at most for one comparison."""

SMALL_ENOUGH_FOR_NETWORKX = 300


def median_ms(action: Callable[[], Any], runs: int = 7) -> float:
    """The median of `runs` runs after one that is not counted."""
    action()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def cold_comparison_ms(text: str, runs: int = 7) -> float:
    """Comparing two topologies that were just made from JSON, the making not counted."""
    times = []
    for _ in range(runs + 1):
        first, second = Topology.from_json(text), Topology.from_json(text)
        began = time.perf_counter()
        assert equal(first, second)
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times[1:])


def as_networkx(topology: Topology) -> networkx.DiGraph:
    """Calls and layers as nodes with what they compute, arrows with their slot."""
    graph = networkx.DiGraph()
    for layer in topology.layers:
        graph.add_node(("layer", layer.id), what=f"{layer.kind}{sorted(layer.config.items())}")
    for call in topology.calls:
        graph.add_node(call.id, what="call")
        graph.add_edge(("layer", call.layer), call.id, slot="")
        for slot, value in call.arguments:
            if isinstance(value, Ref):
                graph.add_edge(value.call, call.id, slot=slot)
    return graph


def networkx_comparison_ms(topology: Topology) -> float:
    first, second = as_networkx(topology), as_networkx(topology)
    matcher = DiGraphMatcher(
        first, second, node_match=lambda a, b: a["what"] == b["what"], edge_match=lambda a, b: a["slot"] == b["slot"]
    )
    return median_ms(matcher.is_isomorphic, 1)


def chain(calls: int) -> Topology:
    return _written(["dense"] * calls)


def residual_stack(calls: int) -> Topology:
    return _written(["dense", "dense", "add"] * (calls // 3))


def _written(steps: list[str]) -> Topology:
    layers, made = [Layer("x", "Input", config={"shape": [None, 8]})], [Call("x", "x")]
    latest, shortcut = "x", "x"
    for position, step in enumerate(steps):
        name = f"{step}_{position}"
        if step == "add":
            layers.append(Layer(name, "Add"))
            arguments = (Argument("inputs.0", Ref(shortcut)), Argument("inputs.1", Ref(latest)))
            shortcut = name
        else:
            layers.append(Layer(name, "Dense", config={"units": 8, "activation": "relu"}, owns="weights"))
            arguments = (Argument("inputs", Ref(latest)),)
        made.append(Call(name, name, arguments))
        latest = name
    return Topology(tuple(layers), tuple(made), (Port(Ref("x")),), (Port(Ref(latest)),))


def branches(count: int, order: int = 1) -> Topology:
    """Identical branches of two layers into one Add."""
    layers, calls, ends = [Layer("x", "Input", config={"shape": [None, 8]})], [Call("x", "x")], []
    for branch in range(count):
        for depth, before in enumerate(("x", f"a{branch}")):
            name = f"{'ab'[depth]}{branch}"
            layers.append(Layer(name, "Dense", config={"units": 8}, owns="weights"))
            calls.append(Call(name, name, (Argument("inputs", Ref(before)),)))
        ends.append(Ref(f"b{branch}"))
    layers.append(Layer("sum", "Add"))
    calls.append(Call("sum", "sum", tuple(Argument(f"inputs.{i}", end) for i, end in enumerate(ends[::order]))))
    return Topology(tuple(layers), tuple(calls), (Port(Ref("x")),), (Port(Ref("sum")),))


def print_applications() -> None:
    print("model            calls   read  get_config  ratio | compare    bar  networkx   ratio | diff of one change")
    for name, bar in BARS.items():
        model = getattr(keras.applications, name)(weights=None)
        topology = read(model)
        reading, config = median_ms(lambda m=model: read(m)), median_ms(model.get_config)
        comparing = cold_comparison_ms(topology.to_json())
        peer = networkx_comparison_ms(topology) if len(topology.calls) < SMALL_ENOUGH_FOR_NETWORKX else math.nan
        changed = _with_one_change(topology)
        differing = median_ms(lambda a=changed, b=topology: diff(a, b), 3)
        print(
            f"{name:<15} {len(topology.calls):>6} {reading:>6.1f} {config:>11.1f} {config / reading:>6.1f} |"
            f" {comparing:>7.1f} {bar:>6} {peer:>9.0f} {peer / comparing:>7.0f} | {differing:>8.1f}"
        )


def _with_one_change(topology: Topology) -> Topology:
    plain = topology.to_plain()
    layer = [layer for layer in plain["layers"] if layer["kind"] == "Conv2D"][20]
    layer["config"] = {**layer["config"], "filters": 7}
    return Topology.from_plain(plain)


def print_growth() -> None:
    print("\nfingerprint, ms and ns per call and log2(calls); the last column stays level where the cost is n log n")
    for build in (chain, residual_stack):
        for calls in (10, 30, 100, 300, 1_000, 3_000, 10_000):
            topology = build(calls)
            text = topology.to_json()
            fresh = [Topology.from_json(text) for _ in range(4)]
            taken = median_ms(lambda fresh=fresh: fingerprint(fresh.pop()), 3)
            level = 1e6 * taken / (calls * math.log2(calls))
            print(f"{build.__name__:<15} {calls:>6} {taken:>9.2f} {level:>8.0f}  {'#' * round(level / 200)}")


def print_symmetry() -> None:
    print("\nidentical branches into one Add, compared in another order (bar for eight: 50 ms)")
    for count in (8, 16, 32):
        times = []
        for _ in range(5):
            first, second = branches(count), branches(count, -1)
            began = time.perf_counter()
            assert equal(first, second)
            times.append(1e3 * (time.perf_counter() - began))
        print(f"{count:>3} branches {statistics.median(times):>8.1f} ms")


if __name__ == "__main__":
    gc.disable()
    print_applications()
    print_growth()
    print_symmetry()
