"""Code as it is found in pages and answers, made code again."""

from __future__ import annotations

from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt, leading_indent


def as_code(pasted: str) -> str:
    """The code without prompts, the fences of a text, and an indent that all lines have.

    >>> as_code(">>> x = 1\\n>>> if x:\\n...     y = 2")
    'x = 1\\nif x:\\n    y = 2'
    """
    lines = pasted.strip("\n").splitlines(keepends=True)
    if lines and lines[0].lstrip().startswith("```"):
        lines = [line for line in lines if not line.lstrip().startswith("```")]
    for cleaned in (leading_indent, classic_prompt, ipython_prompt):
        lines = cleaned(lines)
    return "".join(lines)
