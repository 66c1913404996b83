"""Files that are only read gain nothing either: each is refused in one sentence, in little time, and nothing runs."""

import base64
import io
import json
import marshal
import os
import pickle
import re
import time
import zipfile

import pytest

from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.sandbox import Limits, open_sandbox
from kerastutor.teaching.grading.sandbox.limits import MIB

EXERCISES = ("hw1-stack", "hw1-fork")
LIMITS = Limits(wall_seconds=10, memory=256 * MIB, submission=8 * MIB, report=MIB, calls=500)
GOOD = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "name": "net",
        "layers": [
            {
                "module": "keras.layers",
                "class_name": "InputLayer",
                "config": {"name": "x", "batch_shape": [None, 4], "dtype": "float32"},
            },
            {"module": "keras.layers", "class_name": "Dense", "config": {"name": "y", "units": 2}},
        ],
    },
}
TOPOLOGY = {
    "format": "kerastutor.topology",
    "version": 1,
    "name": "net",
    "api": "functional",
    "layers": [{"id": "x", "kind": "Input"}],
    "calls": [{"id": "x", "layer": "x", "outputs": [[[None, 4], "float32"]]}],
    "inputs": [["x", 0, None]],
    "outputs": [["x", 0, None]],
}


@pytest.fixture(scope="module")
def extract():
    with open_sandbox(LIMITS, exercises=EXERCISES) as extract:
        yield extract


def archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def lambda_that_writes(canary):
    code = compile(f"open({str(canary)!r}, 'w')", "<lambda>", "eval")
    raw = base64.b64encode(marshal.dumps(code)).decode()
    config = {"name": "y", "function": {"class_name": "__lambda__", "config": {"code": raw}}}
    return layer("Lambda", config)


def layer(kind, config, module="keras.layers"):
    layers = [GOOD["config"]["layers"][0], {"class_name": kind, "module": module, "config": config}]
    return {**GOOD, "config": {**GOOD["config"], "layers": layers}}


class Runs:
    def __init__(self, canary):
        self.canary = canary

    def __reduce__(self):
        return os.mkdir, (str(self.canary),)


def handed_in(**answers):
    plain = {"format": "kerastutor.submission", "version": 1, "student": "me", "answers": answers, "progress": {}}
    return json.dumps(plain)


def answer(topology=None, value=None, **more):
    return {"exercise_version": "x", "topology": topology, "value": value, **more}


def many_calls(count):
    calls = [{**TOPOLOGY["calls"][0], "id": f"c{number}"} for number in range(count)]
    return {**TOPOLOGY, "calls": calls, "inputs": [], "outputs": [["c0", 0, None]]}


HOSTILE = {
    "pickle.keras": lambda canary: pickle.dumps(Runs(canary)),
    "pickle.json": lambda canary: pickle.dumps(Runs(canary)),
    "pickle in archive.keras": lambda canary: archive(config__json=pickle.dumps(Runs(canary))),
    "class from os.keras": lambda canary: archive(
        config__json=json.dumps({"class_name": "system", "module": "os", "config": {"command": f"touch {canary}"}})
    ),
    "zip slip.keras": lambda canary: archive(**{f"../../../..{canary}": "x"}),
    "zip bomb.keras": lambda canary: archive(config__json=b" " * (100 * MIB)),
    "nested zip.keras": lambda canary: archive(config__json=archive(config__json=json.dumps(GOOD))),
    "hdf.keras": lambda canary: b"\x89HDF\r\n\x1a\n" + bytes(1000),
    "truncated.keras": lambda canary: archive(config__json=json.dumps(GOOD))[:-30],
    "deep.json": lambda canary: "[" * 1_000_000,
    "deep objects.json": lambda canary: '{"a":' * 500_000 + "1" + "}" * 500_000,
    "deep layers.json": lambda canary: json.dumps(GOOD).replace(
        '"units": 2', '"units": ' + "[" * 50_000 + "]" * 50_000
    ),
    "huge.json": lambda canary: b'{"a": "' + b"x" * (9 * MIB) + b'"}',
    "wide.json": lambda canary: "[" + "{}," * 2_500_000 + "{}]",
    "huge number.json": lambda canary: '{"config": ' + "9" * 1_000_000 + "}",
    "numbers that are none.json": lambda canary: json.dumps({**TOPOLOGY, "inputs": [["x", float("nan"), None]]}),
    "infinite size.json": lambda canary: json.dumps(
        {**TOPOLOGY, "calls": [{"id": "x", "layer": "x", "outputs": [[[1e999], "float32"]]}]}
    ),
    "half a character.json": lambda canary: '{"class_name": "\\ud800"}',
    "not text.json": lambda canary: b"\xff\xfe\x00\x01",
    "empty.json": lambda canary: b"",
    "circle.json": lambda canary: json.dumps(
        {**TOPOLOGY, "calls": [{**TOPOLOGY["calls"][0], "arguments": [["inputs", {"tensor": ["x", 0]}]]}]}
    ),
    "circle in answer.json": lambda canary: handed_in(
        **{"hw1-stack": answer({**TOPOLOGY, "outputs": [["nobody", 0, None]]})}
    ),
    "many calls.json": lambda canary: json.dumps(many_calls(600)),
    "many calls in answer.json": lambda canary: handed_in(**{"hw1-stack": answer(many_calls(600))}),
    "large answers.json": lambda canary: handed_in(**{"hw1-stack": answer(value=["x" * 9_000] * 900)}),
    "no version.json": lambda canary: '{"format": "kerastutor.submission", "answers": {}}',
    "answers are a list.json": lambda canary: '{"format": "kerastutor.submission", "version": 1, "answers": []}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name, extract, tmp_path):
    canary = tmp_path / "canary"
    file = tmp_path / f"hw1-stack{name[name.rindex('.') :]}"
    content = HOSTILE[name](canary)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    began = time.monotonic()
    extraction = extract(Submission("somebody", (file,)))
    assert time.monotonic() - began < LIMITS.wall_seconds
    assert extraction.verdict in (Verdict.REFUSED, Verdict.TOO_LARGE, Verdict.OUT_OF_MEMORY)
    assert re.fullmatch(r".{10,300}\.", extraction.cause)
    assert extraction.answers == {}
    assert not canary.exists()
    assert_good(extract, tmp_path)


def assert_good(extract, folder):
    file = folder / "hw1-fork.json"
    file.write_text(json.dumps(GOOD))
    assert extract(Submission("honest", (file,))).answers["hw1-fork"].topology["name"] == "net"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("suffix", [".keras", ".json"])
def test_an_honest_file_is_read_by_a_child_that_can_load_nothing_any_more(suffix, encoding, extract, tmp_path):
    text = json.dumps(GOOD).encode(encoding)
    file = tmp_path / f"hw1-fork{suffix}"
    file.write_bytes(archive(config__json=text, größe="x") if suffix == ".keras" else text)
    found = extract(Submission("honest", (file,)))
    assert (found.verdict, found.answers["hw1-fork"].topology["name"]) == (Verdict.GRADED, "net")


def test_code_in_a_model_does_not_run(extract, tmp_path):
    canary, file = tmp_path / "canary", tmp_path / "hw1-stack.json"
    file.write_text(json.dumps(lambda_that_writes(canary)))
    found = extract(Submission("somebody", (file,)))
    assert [layer["kind"] for layer in found.answers["hw1-stack"].topology["layers"]] == ["Input", "Lambda"]
    file.write_text(json.dumps(layer("system", {"name": "y", "command": f"touch {canary}"}, "os")))
    extract(Submission("somebody", (file,)))
    assert not canary.exists()


def test_a_result_that_comes_with_an_answer_is_no_answer(extract, tmp_path):
    file = tmp_path / "submission.json"
    file.write_text(handed_in(**{"hw1-stack": answer(value=3, outcome="passed", score=1), "other": answer(value=1)}))
    (found,) = extract(Submission("somebody", (file,))).answers.values()
    assert (found.topology, found.value, found.leftovers) == (None, 3, None)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "nothing"])
def test_what_is_no_plain_file_is_refused(kind, extract, tmp_path):
    secret, file = tmp_path / "secret.json", tmp_path / "hw1-stack.json"
    secret.write_text(json.dumps(GOOD))
    make = {"link": lambda: file.symlink_to(secret), "pipe": lambda: os.mkfifo(file), "folder": file.mkdir}
    make.get(kind, lambda: None)()
    extraction = extract(Submission("somebody", (file,)))
    assert (extraction.verdict, extraction.answers) == (Verdict.REFUSED, {})


def test_other_kinds_of_files_are_refused(extract, tmp_path):
    file = tmp_path / "model.exe\n\x1b[31m"
    file.write_bytes(b"MZ")
    extraction = extract(Submission("somebody", (file,)))
    assert extraction.verdict is Verdict.REFUSED
    assert extraction.cause.isprintable()
