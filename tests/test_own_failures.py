"""What is swallowed can be seen: on stderr where KERASTUTOR_DEBUG=1, else by who listens to the log."""

import subprocess
import sys

import pytest

SWALLOWED = """
from kerastutor.own_failures import log_failure
for number in "12":
    try:
        1 / 0
    except ZeroDivisionError:
        log_failure(f"The rule {number}")
"""


def stderr(monkeypatch, switch):
    monkeypatch.setenv("KERASTUTOR_DEBUG", switch)
    return subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, text=True, check=True).stderr


def test_each_failure_is_printed_once_with_its_traceback_where_asked_for(monkeypatch):
    told = stderr(monkeypatch, "1")
    for number in "12":
        assert told.count(f"The rule {number} failed, and was passed over.\n") == 1
    assert told.count("ZeroDivisionError: division by zero") == 2


@pytest.mark.parametrize("switch", ["", "0"])
def test_nothing_is_printed_else(monkeypatch, switch):
    assert stderr(monkeypatch, switch) == ""
