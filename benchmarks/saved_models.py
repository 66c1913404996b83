"""How long 1,000 saved models take to be graded, and what memory the command has while it grows through them.

    python benchmarks/saved_models.py [MODELS]

Half are `.keras` files and half files of `kt.submit()`; two in five are right, the others have one mistake. The peer is
what graders do that let Keras open what was handed in: `keras.saving.load_model`, in one process, without judging.
The bars are 10 seconds on two cores, and memory that does not grow with the number of models.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import keras
import psutil
from classroom import Answer, right_answers, submitted, wrong_answers

from kerastutor.exercises.catalog import find

EXERCISE = "06-residual-block"
OPENED_BY_KERAS = 50
COMMAND = [sys.executable, "-P", "-c", "from kerastutor.cli import main; main()", "grade"]


def main() -> None:
    """Print the figures."""
    models = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    spec = find(EXERCISE)
    good, bad = list(right_answers(spec)), list(wrong_answers(spec))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        few, many = models // 10, models
        for class_size in (few, many):
            hand_in(folder / f"class-{class_size}", class_size, good, bad)
        _, few_memory = graded(folder, few)
        seconds, memory = graded(folder, many)
        peer = opened_by_keras(folder / f"class-{many}")
    print(f"{models} saved models: {seconds:.1f} s (bar 10 s), {seconds / models * 1000:.1f} ms each")
    print(f"load_model alone: {peer * 1000:.1f} ms each, {peer * models / seconds:.1f} times as long")
    print(f"memory of the command: {few_memory} MB for {few}, {memory} MB for {many}")


def hand_in(folder: Path, models: int, good: list[Answer], bad: list[Answer]) -> None:
    """Write the class; no two files have the same bytes."""
    folder.mkdir()
    rng = random.Random(1000)
    for number in range(models):
        answer = rng.choice(good if rng.random() < 0.4 else bad)
        home = folder / f"student {number:04}"
        home.mkdir()
        if number % 2:
            text = submitted({EXERCISE: answer}).replace('"student": "me"', f'"student": "{number}"')
            (home / "kerastutor-submission.json").write_text(text)
        else:
            (home / f"{EXERCISE}.keras").write_bytes(with_comment(answer.keras, str(number)))


def with_comment(archive: bytes, comment: str) -> bytes:
    """The same archive with other bytes."""
    stream = io.BytesIO(archive)
    with zipfile.ZipFile(stream, "a") as opened:
        opened.comment = comment.encode()
    return stream.getvalue()


def graded(folder: Path, models: int) -> tuple[float, int]:
    """Grade a class of so many; the seconds, and the most megabytes the command itself had."""
    begun = time.perf_counter()
    arguments = [f"class-{models}", "-e", EXERCISE, "-o", f"results-{models}"]
    with subprocess.Popen([*COMMAND, *arguments], cwd=folder, stderr=subprocess.DEVNULL) as run:
        most = 0
        while run.poll() is None:
            most = max(most, psutil.Process(run.pid).memory_info().rss)
            time.sleep(0.1)
    assert run.returncode == 0
    return time.perf_counter() - begun, most >> 20


def opened_by_keras(folder: Path) -> float:
    """Seconds that `load_model` takes, each."""
    paths = sorted(folder.rglob("*.keras"))[:OPENED_BY_KERAS]
    keras.saving.load_model(paths[0])
    begun = time.perf_counter()
    for path in paths:
        keras.saving.load_model(path)
    return (time.perf_counter() - begun) / len(paths)


if __name__ == "__main__":
    main()
