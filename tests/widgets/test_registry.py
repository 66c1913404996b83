"""Widgets of a cell that is run again are closed, whole trees of them, and their jobs ended."""

from types import SimpleNamespace

import ipywidgets
import pytest

from kerastutor.widgets import front_end, registry


class Shell:
    """As much of IPython as the registry uses."""

    def __init__(self):
        self.callbacks = []
        self.cell = "a"
        self.events = SimpleNamespace(register=lambda event, callback: self.callbacks.append(callback))

    def get_parent(self):
        return {"metadata": {"cellId": self.cell} if self.cell else {}}

    def run(self, cell):
        self.cell = cell
        for callback in self.callbacks:
            callback(None)


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(registry, "_shell", lambda: made)
    monkeypatch.setattr(registry, "_REGISTRY", registry.Registry())
    return made


def tree():
    return ipywidgets.VBox([ipywidgets.HBox([ipywidgets.Button()]), ipywidgets.IntText()])


def alive():
    return len(ipywidgets.Widget.widgets)


def test_running_a_cell_again_closes_every_widget_of_its_tree(shell):
    before = alive()
    registry.replace(tree())
    assert alive() > before
    shell.run("b")
    assert alive() > before
    shell.run("a")
    assert alive() == before


def test_the_job_is_ended_first(shell):
    told = []
    widget = tree()
    registry.replace(widget, stop=lambda: told.append(widget.comm is not None))
    shell.run("a")
    assert told == [True]


def test_two_widgets_of_one_run_stay_together(shell):
    closed = []
    registry.replace(tree(), stop=lambda: closed.append(1))
    registry.replace(tree(), stop=lambda: closed.append(2))
    assert closed == []
    shell.run("a")
    assert closed == [1, 2]
    shell.run("a")
    assert closed == [1, 2]


def test_a_front_end_is_live_where_cells_have_names(shell):
    assert front_end.is_live()
    shell.cell = None
    assert not front_end.is_live()
