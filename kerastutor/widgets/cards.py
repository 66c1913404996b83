"""Exercises, results, hints and solutions as HTML that stands alone, with words for every picture."""

from __future__ import annotations

from html import escape

from kerastutor.drawing import draw, draw_place
from kerastutor.drawing.still import OWN_KEYS
from kerastutor.exercises.exercise import Exercise, Solution
from kerastutor.exercises.ladder import RUNGS, Hint
from kerastutor.exercises.results import HEADLINES, Outcome, Result
from kerastutor.exercises.spec import Answer, ChoiceAnswer, WithheldAnswer
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Topology
from kerastutor.widgets.assets import style
from kerastutor.widgets.markdown import html, inline

CSS = style("exercise")
MARKS = {Outcome.PASSED: "✓", Outcome.NOT_YET: "→", Outcome.NOT_ATTEMPTED: "○", Outcome.COULD_NOT_CHECK: "!"}


def card(kind: str, body: str, label: str) -> str:
    """A card with its own style and background."""
    return f'<style>{CSS}</style><section class="kt-card kt-card-{kind}" aria-label="{escape(label)}">{body}</section>'


def result_card(result: Result) -> str:
    """One thing first, on the learner's own graph; the rest folded."""
    headline = HEADLINES[result.outcome]
    first = result.findings[0] if result.findings else None
    parts = [
        f"<header><strong>{MARKS[result.outcome]} {headline}</strong>{_points(result)}</header>",
        f"<p>{inline(result.message)}</p>",
        f"<p>{inline(first.why)}</p>" if first is not None and first.why else "",
        "".join(f"<p>{inline(sentence)}</p>" for sentence in result.rests_on),
        "" if first is None or result.learner is None else _pointed(result.learner, first),
        _rest(result.findings[1:]),
        _rubric(result),
    ]
    return card(result.outcome.value, "".join(parts), f"{headline}: {result.message}")


def hint_card(hint: Hint) -> str:
    """One hint, with the rung it stands on."""
    head = f"<header><strong>Hint: {RUNGS[hint.rung - 1]}</strong><span>{hint.rung} of {hint.of}</span></header>"
    return card("hint", f"{head if hint.rung else ''}{html(hint.text)}", "Hint")


def solution_card(solution: Solution) -> str:
    """The solution in both APIs, with its drawing."""
    return card("solution", solution_body(solution), "Solution")


def solution_body(solution: Solution) -> str:
    """The inside of `solution_card`."""
    written = (("As a Sequential", solution.sequential), ("With the functional API", solution.functional))
    codes = [f"<p><strong>{name}</strong></p><pre><code>{escape(code)}</code></pre>" for name, code in written if code]
    return f"<p>{inline(solution.text)}</p>{''.join(codes)}{_picture(solution.topology)}"


def task_card(exercise: Exercise) -> str:
    """The exercise as a page that nothing runs on."""
    return card("task", task_body(exercise), exercise.spec.title)


def task_body(exercise: Exercise) -> str:
    """Title, standing, task and starter."""
    spec = exercise.spec
    starter = f"<pre><code>{escape(spec.starter)}</code></pre>" if spec.starter else ""
    head = f"<header><strong>{inline(spec.title)}</strong><span>{_standing(exercise)}</span></header>"
    return f"{head}{html(spec.task)}{_picture(spec.picture)}{_choices(spec.answer)}{starter}"


def _standing(exercise: Exercise) -> str:
    if exercise.exam:
        return "exam: no hints"
    standing = exercise.standing
    counts = f"your {exercise.spec.counts} answer counts"
    if isinstance(exercise.spec.answer, WithheldAnswer):
        return (
            f"{'kept for handing in' if exercise.progress.tried(exercise.spec.id) else 'not attempted yet'}; {counts}"
        )
    if not standing.attempts:
        return "not attempted yet" if exercise.spec.counts == "best" else f"not attempted yet; {counts}"
    return f"{'✓ passed' if standing.passed else f'best so far {standing.best:.0%}'}; {counts}"


def _points(result: Result) -> str:
    if result.outcome not in (Outcome.PASSED, Outcome.NOT_YET):
        return ""
    return f"<span>{result.score.earned} of {result.score.parts} parts right</span>"


def _picture(topology: Topology | None) -> str:
    return "" if topology is None else draw(topology).html()


def _pointed(learner: Topology, finding: Finding) -> str:
    """The learner's own graph with a mark on the call to look at, and nothing of the answer."""
    return draw_place(learner, finding.calls, finding.sentence).html()


def _choices(answer: Answer) -> str:
    """The drawings to choose from, each under its letter."""
    if not isinstance(answer, ChoiceAnswer) or not answer.pictures:
        return ""
    figures = (
        f"<figure><figcaption>{option}</figcaption>{_picture(picture)}</figure>"
        for option, picture in zip(answer.options, answer.pictures, strict=True)
    )
    return f'<div class="kt-card-choices">{"".join(figures)}</div>'


def _rest(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return ""
    count = f"{len(findings)} more {'things' if len(findings) > 1 else 'thing'} to mend"
    items = "".join(f"<li>{inline(finding.sentence)}</li>" for finding in findings)
    return _folded(count, f"<ul>{items}</ul>")


def _rubric(result: Result) -> str:
    lost = [item for item in result.score.items if item.lost]
    if result.outcome is not Outcome.NOT_YET or not lost or result.score.parts == 1:
        return ""
    rows = "".join(f"<tr><td>{item.name}</td><td>−{item.lost}</td></tr>" for item in lost)
    total = f"<tr><th>right</th><th>{result.score.earned} of {result.score.parts}</th></tr>"
    return _folded("How the score adds up", f"<table>{rows}{total}</table>")


def _folded(title: str, body: str) -> str:
    return f"<details><summary {OWN_KEYS}>{title}</summary>{body}</details>"
