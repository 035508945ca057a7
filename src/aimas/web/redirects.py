"""Where a person may be led: to a path of this site and nowhere else."""

import re

SAFE_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
"""A path of this site: no second slash or backslash at its start, nothing that a browser strips away."""
