"""Grading on a dask cluster: the same as here, also when a worker or the scheduler is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import handed_in
import paper_sandbox
import pytest
from distributed import LocalCluster
from paper_sandbox import open_paper_sandbox, reference

from kerastutor.exercises.catalog import by_lesson
from kerastutor.teaching.grading import command
from kerastutor.teaching.grading.cluster import Parcel, cluster_pool
from kerastutor.teaching.grading.command import Settings
from kerastutor.teaching.grading.grader import Terms
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.pool import PoolError, local_pool
from kerastutor.teaching.grading.records import records_from_json, records_to_json
from kerastutor.teaching.grading.run import Results, grade

pytestmark = pytest.mark.slow
SPECS = by_lesson()["01"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "It never came true."
        time.sleep(0.02)


def hand_in(tmp_path: Path, students: int = 16) -> Path:
    """A class whose work takes until there is a file `go`."""
    source = tmp_path / "class"
    source.mkdir()
    for number in range(students):
        answer = reference("01-stack" if number % 2 else "01-two-branches")
        plain = {"answers": {"01-stack": answer}, "number": number, "until": str(tmp_path / "go")}
        (source / f"student {number}.ipynb").write_text(json.dumps(plain))
    return source


def terms(tmp_path: Path) -> Terms:
    return Terms(SPECS, partial(open_paper_sandbox, tmp_path / "log"), "")


def on_cluster(source: Path, tmp_path: Path, address: str, told: list[int] | None = None) -> Results:
    """`told` gets how many submissions are done, as that grows."""
    own = terms(tmp_path)
    done = [] if told is None else told
    return grade(source, tmp_path / "out", own, cluster_pool(own, address), progress=lambda now, all: done.append(now))


def here(source: Path, tmp_path: Path, out: str) -> Results:
    (tmp_path / "go").touch()
    own = terms(tmp_path)
    return grade(source, tmp_path / out, own, local_pool(own, 2), progress=lambda done, all: None)


def begun(tmp_path: Path) -> int:
    log = tmp_path / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=2, host="127.0.0.1", dashboard_address=None) as own:
        yield own


def test_a_cluster_gives_what_this_machine_gives_and_a_killed_worker_changes_nothing(tmp_path, cluster):
    source = hand_in(tmp_path)

    def kill_one() -> None:
        wait_for(lambda: begun(tmp_path) >= 3)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        (tmp_path / "go").touch()

    killer = Thread(target=kill_one)
    killer.start()
    results = on_cluster(source, tmp_path, cluster.scheduler_address)
    killer.join()
    assert results.failures == 0
    assert records_to_json(results.records) == records_to_json(here(source, tmp_path, "elsewhere").records)


@pytest.mark.soak
def test_real_notebooks_come_on_a_cluster_to_what_they_should(tmp_path, cluster):
    source = handed_in.folder(tmp_path / "class")
    said = list(command.grade(source, "01", tmp_path / "out", Settings(cluster=cluster.scheduler_address)))
    assert "7 students, 2 exercises" in said[0]
    found: dict[str, tuple[str, ...]] = {}
    for record in records_from_json((tmp_path / "out" / "results.json").read_text()):
        found[record.student] = (*found.get(record.student, ()), record.outcome)
    assert found == handed_in.OUTCOMES


@pytest.fixture
def scheduler(tmp_path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A scheduler and a worker as processes of their own; the scheduler, and its address."""
    place = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(place), "--no-dashboard", "--host", "127.0.0.1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(paper_sandbox.__file__).parent)}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{role}", *options, *more],
            env=environment,
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        for role, more in (("scheduler", ["--port", "0"]), ("worker", ["--nthreads", "2", "--death-timeout", "60"]))
    ]
    try:
        wait_for(place.exists)
        yield started[0], json.loads(place.read_text())["address"]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=30)


def test_a_scheduler_that_is_killed_ends_the_run_in_one_sentence_and_loses_nothing(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr("kerastutor.teaching.grading.cluster.PATIENCE", 5)
    process, address = scheduler
    source = hand_in(tmp_path)
    (source / "first.ipynb").write_text(json.dumps({"answers": {"01-stack": reference("01-stack")}}))

    told: list[int] = []

    def kill() -> None:
        wait_for(lambda: 1 in told)
        process.kill()

    killer = Thread(target=kill)
    killer.start()
    with pytest.raises(PoolError, match="run the same command again"):
        on_cluster(source, tmp_path, address, told)
    killer.join()
    (tmp_path / "log").unlink()
    results = here(source, tmp_path, "out")
    assert "first" not in (tmp_path / "log").read_text().split()
    assert len(results.records) == 17 * len(SPECS)
    assert results.failures == 0


def test_a_cluster_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("kerastutor.teaching.grading.cluster.PATIENCE", 1)
    with pytest.raises(PoolError, match="No dask scheduler answers at tcp"):
        on_cluster(hand_in(tmp_path), tmp_path, "tcp://127.0.0.1:9")


def test_a_parcel_arrives_as_it_was_sent(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    files = (tmp_path / "a" / "b" / "01.ipynb", tmp_path / "a" / "data.csv")
    for number, path in enumerate(files):
        path.write_text(str(number))
    arrived = Parcel.of(Submission("ada", files)).unpacked(tmp_path / "there")
    assert [path.relative_to(tmp_path / "there").as_posix() for path in arrived.files] == ["b/01.ipynb", "data.csv"]
    assert [path.read_text() for path in arrived.files] == ["0", "1"]
