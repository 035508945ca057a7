"""Errors that a person reads; their text says what to do next."""


class AimasError(Exception):
    """Any error whose text is written for the person at the keyboard."""


class BadInput(AimasError):
    """What was handed over cannot be used; trying again changes nothing."""


class LocatedError(BadInput):
    """A mistake in something a person wrote; `start` and `end` are its place in `query`."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.query = ""
        """What was written; empty until its reader handed the error on."""


class BadSetting(AimasError):
    """A setting, profile or option is wrong; the text names it."""


class Unavailable(AimasError):
    """The world is down for now: raised by adapters, caught by engines and gatherers only."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
