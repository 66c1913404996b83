"""How an explanation is shown: HTML in a notebook, plain lines elsewhere."""

from __future__ import annotations

import re
import sys
from html import escape
from typing import Any

from kerastutor.coaching.explanation import Explanation
from kerastutor.coaching.sites import SIGNS
from kerastutor.drawing import draw_failing
from kerastutor.drawing.still import OWN_KEYS
from kerastutor.models.error_messages import ANSI
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.finding import Finding

_BOX = (
    "background:var(--jp-layout-color0,#fff);color:var(--jp-content-font-color1,#1c2128);padding:10px 14px;"
    "border:1px solid var(--jp-border-color1,#8a939e);border-left:4px solid {colour};border-radius:4px;"
    "font:14px/1.5 var(--jp-content-font-family,system-ui,sans-serif);max-width:900px;margin:6px 0"
)
_P = "style='margin:0 0 6px'"
_ATTRIBUTE = re.compile("\1((?:\\.\\w+)+)")  # what is asked of a name is code like the name


def html(explanation: Explanation) -> str:
    """The explanation as HTML that needs nothing else; its traceback folds at the end, complete."""
    finding = explanation.finding
    sentence = _marked_up(finding.entry.sentence, finding) if finding else escape(explanation.headline)
    more = _told(finding) if finding else f"<p>Keras says: {escape(explanation.message)}</p>"
    line = f"<pre style='margin:2px 0 6px'><code>{escape(explanation.line)}</code></pre>" if explanation.line else ""
    return (
        f'<div role="note" style="{_BOX.format(colour="#d55e00")}"><p {_P}><strong>{sentence}</strong></p>{line}{more}'
        f"{_drawn(explanation)}{_traceback(explanation)}</div>"
    )


def hint_html(finding: Finding) -> str:
    """A mistake that Keras does not mention, as one quiet line that opens."""
    sentence = _marked_up(finding.entry.sentence, finding)
    return (
        f'<details style="{_BOX.format(colour="#0072b2")}"><summary {OWN_KEYS}><b>Hint:</b> {sentence}</summary>'
        f"<p>{_marked_up(finding.entry.why, finding)}</p>"
        f"<p><b>Try:</b> {_marked_up(finding.entry.remedy, finding)}</p></details>"
    )


def hint_text(finding: Finding) -> str:
    """The same as plain text."""
    return f"Hint: {finding.sentence} {finding.remedy}"


def say(explanation: Explanation) -> None:
    """Show an explanation where the code runs."""
    show({"text/html": html(explanation), "text/plain": explanation.text})


def show(bundle: dict[str, Any]) -> None:
    """Put a MIME bundle on the page, or its text on the console."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        from IPython.display import display

        display(bundle, raw=True)
    else:
        print(bundle["text/plain"], file=sys.stderr)


def _told(finding: Finding) -> str:
    return (
        f"<p {_P}>{_marked_up(finding.entry.why, finding)}</p>"
        f"<p {_P}><b>Try:</b> {_marked_up(finding.entry.remedy, finding)}</p>"
    )


def _marked_up(template: str, finding: Finding) -> str:
    """A sentence of the catalogue as HTML, with the learner's names set as code."""
    names = {key: f"\0{value}\1" if _is_code(value) else value for key, value in finding.values.items()}
    text = _ATTRIBUTE.sub(lambda found: f"{found[1]}\1", escape(template.format_map(names)))
    return text.replace("\0", "<code>").replace("\1", "</code>")


def _is_code(value: str) -> bool:
    return value.isidentifier() or value in SIGNS.values()


def _traceback(explanation: Explanation) -> str:
    if not explanation.traceback:
        return ""
    whole = escape(ANSI.sub("", explanation.traceback))
    return (
        f"<details><summary {OWN_KEYS}>Python's traceback</summary>"
        f"<pre style='overflow:auto;max-height:420px;font-size:12px'>{whole}</pre></details>"
    )


def _drawn(explanation: Explanation) -> str:
    if explanation.graph is None:
        return ""
    try:
        picture = draw_failing(explanation.graph, explanation.failing).html()
    except Exception:  # a picture is a help; the words stand without it
        log_failure("Drawing the graph so far")
        return ""
    which = f" The call that failed is {escape(explanation.failing)}." if explanation.failing else ""
    return f"<details open><summary {OWN_KEYS}>The graph as far as it got.{which}</summary>{picture}</details>"
