"""Fails where the floors at hand hold less than those of the last commit: `python -m quality.unlowered`.

To lower a floor openly, commit it alone with the reason; then this passes again. Without a history it passes.
"""

import subprocess
import sys
from pathlib import Path

from quality.floors import FILE, lowered, parsed, read_floors


def main() -> int:
    committed = last_committed(FILE)
    if committed is None:
        print("floors: no commit to hold them against")
        return 0
    problems = lowered(parsed(committed), read_floors())
    for problem in problems:
        print(f"LOWERED  {problem}", file=sys.stderr)
    if problems:
        print(f"{FILE.name} holds less than the last commit; put back what it held.", file=sys.stderr)
        return 1
    print("floors: none is lower than in the last commit")
    return 0


def last_committed(file: Path) -> str | None:
    """None where git, a commit or the file in it is missing."""
    try:
        told = subprocess.run(
            ["git", "-C", str(file.parent), "show", f"HEAD:./{file.name}"], capture_output=True, check=False
        )
    except FileNotFoundError:
        return None
    return told.stdout.decode("utf-8") if told.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
