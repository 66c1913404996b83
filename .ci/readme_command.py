"""Print the README's command that comes after a marker comment: `<!-- command: tests -->`."""

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def command(readme: str, name: str) -> str:
    """The one line of the code block after the marker.

    >>> command("<!-- command: run -->\\n```sh\\nmake && ./run\\n```", "run")
    'make && ./run'
    """
    found = re.search(rf"<!-- command: {name} -->\n```sh\n([^\n]+)\n```", readme)
    if not found:
        raise SystemExit(f"README.md has no one-line command marked {name}")
    return found.group(1)


if __name__ == "__main__":
    print(command(README.read_text("utf-8"), sys.argv[1]))
