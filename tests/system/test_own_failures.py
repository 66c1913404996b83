"""What is swallowed can be seen: on stderr where KERASTUTOR_DEBUG=1, else by who listens to the log."""

import subprocess
import sys

import pytest

SWALLOWED = """
from kerastutor.system.own_failures import log_failure
for number in "12":
    try:
        1 / 0
    except ZeroDivisionError:
        log_failure(f"The rule {number}")
"""


def stderr(monkeypatch, switch, program=SWALLOWED):
    monkeypatch.setenv("KERASTUTOR_DEBUG", switch)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr


def test_each_failure_is_printed_once_with_its_traceback_where_asked_for(monkeypatch):
    told = stderr(monkeypatch, "1")
    for number in "12":
        assert told.count(f"The rule {number} failed, and was passed over.\n") == 1
    assert told.count("ZeroDivisionError: division by zero") == 2


def test_it_is_printed_also_where_somebody_else_listens(monkeypatch):
    heard = "import logging\nlogging.getLogger('kerastutor').addHandler(logging.NullHandler())\n"
    assert "The rule 1 failed" in stderr(monkeypatch, "1", heard + SWALLOWED)


@pytest.mark.parametrize("switch", ["", "0"])
def test_nothing_is_printed_else(monkeypatch, switch):
    assert stderr(monkeypatch, switch) == ""
