"""From logits to chances that mean what they say, and from which chance on an answer is told.

Matrix scaling (Guo et al. 2017): chances are softmax(matrix · logits + shift), with the language's numbers from the
model's card. They were fitted on rows that the weights never learned (`training/tone/calibrate.py`).
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

Three = tuple[float, float, float]


class Calibration(msgspec.Struct, frozen=True):
    """Of one language, its tones in the order of the logits."""

    matrix: tuple[Three, Three, Three]
    """A row a tone. Where the diagonal has each column's largest number, a larger logit never lowers its tone's
    chance."""
    shift: Three
    threshold: float
    """The least chance of the most probable tone with which it is told."""

    def chances(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """Of each row of logits; a row sums to one."""
        z = np.asarray(logits, np.float64) @ np.array(self.matrix).T + np.array(self.shift)
        z -= z.max(axis=-1, keepdims=True)
        chances: NDArray[np.float64] = np.exp(z)
        chances /= chances.sum(axis=-1, keepdims=True)
        return chances

    def tells(self, chances: NDArray[np.float64]) -> bool:
        """Whether the most probable of these chances is enough, or the answer is unclear."""
        return float(chances.max()) >= self.threshold
