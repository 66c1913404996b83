"""An exam as HTML that stands alone: what is handed in while it runs, and the report at its end."""

from __future__ import annotations

from html import escape

from kerastutor.exercises.examining import Exam, Mark, Receipt, Report
from kerastutor.exercises.results import HEADLINES
from kerastutor.knowledge.lessons import LESSONS
from kerastutor.knowledge.mistakes import Mistake
from kerastutor.widgets.cards import MARKS, card
from kerastutor.widgets.markdown import inline


def exam_card(exam: Exam) -> str:
    """Which exercises are in, and nothing of what they are worth."""
    state = "running: no hints, no verdicts" if exam.sitting.running else "ended"
    done = exam.handed_in
    rows = "".join(
        f"<tr><td>{'✓' if one.spec.id in done else '○'}</td><td>{inline(one.spec.title)}</td>"
        f"<td>{'handed in' if one.spec.id in done else 'not handed in'}</td></tr>"
        for one in exam.exercises
    )
    head = f"<header><strong>Exam: {escape(exam.name)}</strong><span>{state}</span></header>"
    return card("exam", f"{head}<table>{rows}</table>", f"Exam {exam.name}, {state}")


def receipt_card(receipt: Receipt) -> str:
    """One sentence of an exam that runs."""
    return card("exam", f"<p>{inline(receipt.text)}</p>", "Exam")


def report_card(report: Report) -> str:
    """One row for each exercise, and what to read again."""
    head = f"<header><strong>Report: {escape(report.exam)}</strong><span>{float(report):.0%}</span></header>"
    names = "<tr><th>exercise</th><th>outcome</th><th>points</th><th>what the check says</th></tr>"
    table = f'<table class="kt-wide">{names}{"".join(map(_row, report.marks))}</table>'
    again = "".join(map(_reading, report.misconceptions))
    reading = f"<p><strong>To read again</strong></p><ul>{again}</ul>" if again else ""
    return card("exam", f"{head}<p>{report.headline}</p>{table}{reading}", f"Report: {report.headline}")


def _row(mark: Mark) -> str:
    outcome = f"{MARKS[mark.outcome]} {HEADLINES[mark.outcome].lower()}"
    return (
        f"<tr><td>{inline(mark.title)}</td><td>{outcome}</td><td>{mark.earned:.1f}&nbsp;of&nbsp;{mark.points}</td>"
        f"<td>{inline(mark.message)}</td></tr>"
    )


def _reading(misconception: Mistake) -> str:
    lesson = LESSONS[misconception.lesson]
    return f'<li><a href="{lesson.name}.ipynb">{escape(str(lesson))}</a>: {inline(misconception.title)}</li>'
