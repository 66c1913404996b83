"""Every bad file is refused with one sentence, and nothing else happens."""

import io
import json
import os
import random
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.drawing import draw
from kerastutor.formats.keras_file import MOST_CALLS, FileRefused, read, read_text
from kerastutor.formats.source import NotWritable, functional
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal, fingerprint


def tensor(name, call=0, index=0):
    config = {"shape": [None, 4], "dtype": "float32", "keras_history": [name, call, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer(kind, name, config=None, nodes=(), module="keras.layers"):
    return {
        "module": module,
        "class_name": kind,
        "config": {"name": name, **(config or {})},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": list(args), "kwargs": {}} for args in nodes],
    }


def model(*layers, inputs=(("x", 0, 0),), outputs=(("y", 0, 0),), name="net"):
    config = {
        "name": name,
        "layers": list(layers),
        "input_layers": [list(source) for source in inputs],
        "output_layers": [list(source) for source in outputs],
    }
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


INPUT = layer("InputLayer", "x", {"batch_shape": [None, 4], "dtype": "float32"})
GOOD = model(INPUT, layer("Dense", "y", {"units": 2}, [[tensor("x")]]))


def one_sentence(problem):
    sentence = str(problem)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 300
    return sentence


def refused(saved):
    with pytest.raises(FileRefused) as problem:
        read_text(saved if isinstance(saved, (str, bytes)) else json.dumps(saved))
    return one_sentence(problem.value)


def test_the_good_one_is_read():
    topology = read_text(json.dumps(GOOD))
    assert [call.id for call in topology.calls] == ["x", "y"]
    assert Topology.from_json(topology.to_json()) == topology
    assert fingerprint(read_text(topology.to_json())) == fingerprint(topology)
    assert fingerprint(read_text(json.dumps(json.dumps(GOOD)))) == fingerprint(topology)


@pytest.mark.parametrize(
    ("saved", "says"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[" * 100_000, "nested deeper"),
        (json.dumps({"a": 1}), "no saved Keras model"),
        ("[]", "no saved Keras model"),
        ("3", "no saved Keras model"),
        ('"\\ud800"', "half a character"),
        (b"\xff\xfe\x00", "damaged"),
        ({"class_name": "Sequential", "config": {"layers": []}, "keras_version": "2.9.0"}, "Keras 2"),
        ({**GOOD, "config": None}, "no configuration"),
        (layer("MyNet", "net", module="__main__"), "graph stands only in its code"),
        (model(INPUT, layer("Add", "y", {}, [[[tensor("y"), tensor("x")]]])), "circle"),
        (model(INPUT, layer("Dense", "y", {}, [[tensor("z")]])), "no layer 'z'"),
        (model(INPUT, layer("Dense", "y")), "never called"),
        (model(INPUT, INPUT, layer("Dense", "y", {}, [[tensor("x")]])), "one name"),
        (model(layer("InputLayer", "x", {"batch_shape": "wide"}), GOOD["config"]["layers"][1]), "no shape"),
        (model(INPUT, GOOD["config"]["layers"][1], outputs=[("y", 0, -1)]), "no number"),
        (model(INPUT, GOOD["config"]["layers"][1], outputs=[("y", 7, 0)]), "never called"),
        (model(INPUT, layer("Dense", "n" * 10_000, {}, [[tensor("x")]])), "no name"),
        (model(INPUT, {"module": "keras.layers", "class_name": "Dense", "config": {}, "inbound_nodes": []}), "no name"),
        ({"format": "kerastutor.topology", "version": 99}, "version"),
        ({"format": "kerastutor.topology", "version": 1}, "damaged"),
    ],
)
def test_a_bad_text_is_refused(saved, says):
    assert says in refused(saved)


def test_a_model_that_unfolds_without_end_is_refused():
    inner = model(INPUT, outputs=[("x", 0, 0)], name="m0")
    for depth in range(1, 25):
        nested = {**inner, "name": f"m{depth - 1}", "inbound_nodes": [
            {"args": [tensor("x")], "kwargs": {}}, {"args": [tensor(f"m{depth - 1}")], "kwargs": {}}]}  # fmt: skip
        inner = model(INPUT, nested, outputs=[(f"m{depth - 1}", 2, 0)], name=f"m{depth}")
    assert "unfolds" in refused(inner)


def test_deep_nesting_is_refused():
    saved = GOOD
    for depth in range(200):
        saved = {**saved, "name": f"d{depth}", "inbound_nodes": [{"args": [tensor("x")], "kwargs": {}}]}
        saved = model(INPUT, saved, outputs=[(f"d{depth}", 1, 0)])
    assert "nested deeper" in refused(saved)


def archive(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def file_refused(path):
    with pytest.raises(FileRefused) as problem:
        read(path)
    return one_sentence(problem.value)


def test_archives(tmp_path):
    good = json.dumps(GOOD)
    assert read(archive(tmp_path / "good.keras", [("config.json", good), ("../../evil", "x")])).calls
    assert "no model configuration" in file_refused(archive(tmp_path / "empty.keras", []))
    assert "no model configuration" in file_refused(archive(tmp_path / "path.keras", [("../config.json", good)]))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive(tmp_path / "twice.keras", [("config.json", good), ("config.json", good)])
    assert "no model configuration" in file_refused(twice)
    packed = archive(tmp_path / "packed.keras", [("config.json", good)], compression=zipfile.ZIP_LZMA)
    assert "packed" in file_refused(packed)
    assert "evil" not in {path.name for path in tmp_path.parent.iterdir()}


def test_a_zip_bomb_is_refused(tmp_path):
    bomb = archive(tmp_path / "bomb.keras", [("config.json", b" " * (200 << 20))], compression=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 1 << 20
    assert "unpacks to more than" in file_refused(bomb)


def test_a_crowded_archive_is_refused(tmp_path):
    crowded = archive(tmp_path / "crowded.keras", [(f"{number:060}", "") for number in range(45_000)])
    assert "lists more files" in file_refused(crowded)


def test_a_hundred_megabytes_are_refused(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.write(b'{"a": "')
        stream.truncate(100 << 20)
    assert "larger than" in file_refused(path)


def test_files_of_other_kinds(tmp_path):
    (tmp_path / "old.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "HDF5" in file_refused(tmp_path / "old.h5")
    (tmp_path / "nothing.json").write_bytes(b"")
    assert "empty" in file_refused(tmp_path / "nothing.json")
    assert "folder" in file_refused(tmp_path)
    assert "no file" in file_refused(tmp_path / "missing.keras")
    assert "no file" in file_refused(tmp_path / "\n\x1b[31m")
    assert "no file" in file_refused("/dev/zero")
    assert "a" in file_refused("a\x00b")
    if os.getuid():
        (tmp_path / "locked.json").touch(mode=0)
        assert "opened" in file_refused(tmp_path / "locked.json")


def test_truncated_and_changed_archives(tmp_path):
    stream = io.BytesIO()
    archive(stream, [("metadata.json", "{}"), ("config.json", json.dumps(GOOD))], compression=zipfile.ZIP_DEFLATED)
    whole, path, draw = stream.getvalue(), tmp_path / "changed.keras", random.Random(1)
    for _ in range(400):
        changed = bytearray(whole[: draw.randrange(len(whole) + 1)] if draw.random() < 0.3 else whole)
        for _ in range(draw.randrange(1, 4)):
            if changed:
                changed[draw.randrange(len(changed))] = draw.randrange(256)
        path.write_bytes(changed)
        try:
            read(path)
        except FileRefused as problem:
            one_sentence(problem)


WORDS = [
    "x",
    "y",
    "Dense",
    "keras.layers",
    "__keras_tensor__",
    "Sequential",
    "Functional",
    "Bidirectional",
    "__slice__",
]
leaf = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.text(max_size=3))
keys = st.sampled_from(["class_name", "config", "layers", "module", "name", "inbound_nodes", "args", "keras_history"])
anything = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(keys, st.text(max_size=3)), inner, max_size=4)
    ),
    max_leaves=10,
)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from places(item, (*path, position))


CONV = {"filters": 3, "kernel_size": [3, 3], "activation": {"class_name": "ReLU", "config": {}}}
DENSE = {"units": 2, "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.1}}}
PART = [tensor("b"), [{"class_name": "__slice__", "config": {"start": 1}}, 2]]
INNER = model(INPUT, layer("Dense", "y", DENSE, [[tensor("x")]]), name="inner")
RELU = {"activation": {"class_name": "ReLU", "config": {"max_value": 6}}}
RICH = model(
    INPUT,
    layer("Conv2D", "v", CONV, [[tensor("x")]]),
    layer("Activation", "a", RELU, [[tensor("v")]]),
    layer("Reshape", "r", {"target_shape": [2, 2]}, [[tensor("a")]]),
    layer("Softmax", "s", {"axis": [1, 2]}, [[tensor("r")]]),
    layer("Concatenate", "c", {"axis": 1}, [[[tensor("s"), tensor("r")]]]),
    layer("Bidirectional", "b", {"layer": layer("LSTM", "l", {"units": 3})}, [[tensor("c")]]),
    layer("GetItem", "g", {}, [PART], "keras.src.ops.numpy"),
    {**INNER, "name": "inner", "inbound_nodes": [{"args": [tensor("g")], "kwargs": {"mask": None}}]},
    outputs=[("inner", 1, 0)],
)
PLACES = list(places(RICH))


def test_the_rich_one_is_read():
    assert len(read_text(json.dumps(RICH)).calls) == 9


@given(st.sampled_from(PLACES), anything, st.sampled_from(PLACES), anything)
def test_any_change_is_read_or_refused(first, one, second, two):
    saved = json.loads(json.dumps(RICH))
    for path, value in ((first, one), (second, two)):
        place = {"": saved}
        *way, last = ("", *path)
        try:
            for step in way:
                place = place[step]
            place[last] = value
        except (TypeError, KeyError, IndexError):
            continue
        if not path:
            saved = value
    used_or_refused(saved)


OWN = read_text(json.dumps(RICH)).to_plain()
OWN_PLACES = [path for path in places(OWN) if path]


@given(st.sampled_from(OWN_PLACES), anything)
def test_any_change_of_our_own_form_is_read_or_refused(path, value):
    saved = json.loads(json.dumps(OWN))
    *way, last = path
    place = saved
    for step in way:
        place = place[step]
    place[last] = value
    used_or_refused(saved)


def used_or_refused(saved):
    """What is read can be compared, drawn and written as code; what cannot be is not read."""
    try:
        topology = read_text(json.dumps(saved))
    except FileRefused as problem:
        one_sentence(problem)
        return
    again = Topology.from_json(topology.to_json())
    assert again.to_json() == topology.to_json()
    assert equal(topology, again)
    assert fingerprint(topology) == fingerprint(again)
    assert draw(topology).svg
    with suppress(NotWritable):
        assert functional(topology)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("Reshape", {"target_shape": 5}),
        ("Reshape", {"target_shape": [2, "two"]}),
        ("Activation", {"activation": {"kind": 3, "config": 5}}),
        ("Dense", {"activation": {"kind": "ReLU", "config": [1]}}),
        ("Activation", {"activation": 3}),
    ],
)
def test_a_parameter_of_another_type_is_refused(kind, config):
    saved = json.loads(json.dumps(OWN))
    place = next(one for one in saved["layers"] if one["kind"] == kind) if kind != "Dense" else saved["layers"][-1]
    place.update(kind=kind, config={**place.get("config", {}), **config})
    assert repr(place["id"]) in refused(saved)


def test_a_reshape_to_a_number_is_refused():
    saved = model(INPUT, layer("Reshape", "y", {"target_shape": 5}, [[tensor("x")]]))
    assert "'y' has a parameter target_shape of a type" in refused(saved)


def test_too_many_calls_of_our_own_form_are_refused():
    saved = read_text(json.dumps(GOOD)).to_plain()
    call = saved["calls"][1]
    saved["calls"] += [{**call, "id": f"y#{n}"} for n in range(2, MOST_CALLS + 2)]
    assert "more than 20000 calls" in refused(saved)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60)))
def test_any_text_is_refused(raw):
    with pytest.raises(FileRefused):
        read_text(raw)


@given(anything)
def test_any_json_is_read_or_refused(value):
    with pytest.raises(FileRefused):
        containers_only(value)


def containers_only(value):
    read_text(json.dumps({"module": "keras", "class_name": "Functional", "config": value}))
    raise FileRefused("read")
