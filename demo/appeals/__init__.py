"""An invented desk of appeals in the town of Tumarly: letters as people write them, and what became of each."""

from demo.appeals.desk import bring, letters

__all__ = ["bring", "letters"]
