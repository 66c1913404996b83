"""What is killed, full, or corrupt: nothing is lost, nothing is counted twice, and the table is full."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import handed_in
import paper_sandbox
import psutil
import pytest

RUN_ON_PAPER = """
import os, resource, signal, sys
from functools import partial
from pathlib import Path
from paper_sandbox import open_paper_sandbox
from kerastutor.exercises.catalog import by_lesson
from kerastutor.teaching.grading.grader import Terms
from kerastutor.teaching.grading.pool import local_pool
from kerastutor.teaching.grading.run import grade
from kerastutor.teaching.grading.writing import write
source, out, log, last, room = sys.argv[1:]
def progress(done, total):
    if done == int(last):
        os.kill(os.getpid(), signal.SIGKILL)
if int(room):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
specs = by_lesson()["01"]
terms = Terms(specs, partial(open_paper_sandbox, Path(log)), "")
write(grade(Path(source), Path(out), terms, local_pool(terms, 2), progress=progress), specs, Path(out), "hw")
"""


def run_on_paper(source: Path, out: Path, *, killed_at: int = -1, room: int = 0) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, which dies once `killed_at` submissions are done, on a disk with little room."""
    log = out.parent / f"{out.name}.log"
    log.touch()
    return subprocess.run(
        [sys.executable, "-c", RUN_ON_PAPER, *map(str, (source, out, log, killed_at, room))],
        env={**os.environ, "PYTHONPATH": str(Path(paper_sandbox.__file__).parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def a_class(source: Path, students: int) -> Path:
    """Every tenth file is corrupt."""
    source.mkdir()
    rng = random.Random(students)
    for number in range(students):
        answer = paper_sandbox.reference(("01-stack", "01-two-branches")[number % 2])
        content = json.dumps({"answers": {"01-stack": answer}, "number": number}).encode()
        path = source / f"student {number:03}.ipynb"
        path.write_bytes(rng.randbytes(200) if number % 10 == 3 else content)
    return source


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "journal" not in path.name)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_gives_the_same_bytes_and_does_nothing_twice(tmp_path):
    source = a_class(tmp_path / "class", 30)
    assert run_on_paper(source, tmp_path / "whole").returncode == 0
    for killed_at in (1, 7, 8, 29, 30):
        assert run_on_paper(source, tmp_path / "out", killed_at=killed_at).returncode == -signal.SIGKILL
    assert run_on_paper(source, tmp_path / "out").returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    looks = Counter((tmp_path / "out.log").read_text().splitlines())
    assert len(looks) == 30
    assert looks.total() <= 30 + 5 * 4  # what was under way when it was killed


def test_with_a_tenth_of_the_files_corrupt_the_table_is_full(tmp_path):
    source = a_class(tmp_path / "class", 30)
    assert run_on_paper(source, tmp_path / "out").returncode == 0
    with (tmp_path / "out" / "details.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["student"] for row in rows) == {f"student {number:03}": 2 for number in range(30)}
    assert Counter(row["outcome"] for row in rows)["refused"] == 6


@pytest.mark.slow
@pytest.mark.parametrize("room", [30_000, 80_000, 150_000])
def test_on_a_full_disk_the_run_stops_keeps_what_it_has_and_goes_on_when_there_is_room(tmp_path, room):
    source = a_class(tmp_path / "class", 30)
    assert run_on_paper(source, tmp_path / "whole").returncode == 0
    full = run_on_paper(source, tmp_path / "out", room=room)
    assert full.returncode == 1
    assert "make room, then run the same command again" in full.stderr or "File too large" in full.stderr
    assert run_on_paper(source, tmp_path / "out").returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


COMMAND = [sys.executable, "-P", "-c", "from kerastutor.command.cli import main; main()", "grade"]


def command(source: Path, out: Path) -> list[str]:
    return [*COMMAND, str(source), "-e", "01", "-o", str(out)]


class Killer:
    """Kills what a run has started, at random moments, until it is told to stop."""

    def __init__(self, run: subprocess.Popen[str], seed: int) -> None:
        self._run = psutil.Process(run.pid)
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self.killed: list[str] = []
        self._thread = threading.Thread(target=self._kill)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _kill(self) -> None:
        while not self._stop.wait(self._random.uniform(4, 30)):
            started = self._started()
            if started:
                one = self._random.choice(started)
                try:
                    self.killed.append(" ".join(one.cmdline())[-60:])
                    one.kill()
                except psutil.Error:
                    continue

    def _started(self) -> list[psutil.Process]:
        try:
            return self._run.children(recursive=True)
        except psutil.Error:
            return []


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, dict[str, bytes]]:
    """A class of real notebooks, and the results of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    source = handed_in.folder(folder / "class", copies=3)
    subprocess.run(command(source, folder / "out"), check=True, capture_output=True)
    return source, contents(folder / "out")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_children_servers_and_judges_killed_at_random_change_nothing(tmp_path, whole, seed):
    source, expected = whole
    for _ in range(20):
        with subprocess.Popen(command(source, tmp_path / "out"), stderr=subprocess.PIPE, text=True) as run:
            killer = Killer(run, seed)
            said = run.communicate()[1]
            killer.stop()
        print(killer.killed, said, sep="\n")
        if run.returncode == 0 and "our fault" not in said:
            break
    assert contents(tmp_path / "out") == expected


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_a_command_killed_at_random_moments_goes_on_and_changes_nothing(tmp_path, whole, seed):
    source, expected = whole
    rng = random.Random(seed)
    while True:
        with subprocess.Popen(command(source, tmp_path / "out"), stderr=subprocess.DEVNULL) as run:
            try:
                assert run.wait(timeout=rng.uniform(1, 60)) == 0
                break
            except subprocess.TimeoutExpired:
                run.kill()
    assert contents(tmp_path / "out") == expected
