"""Where the program's own words go: to stderr, a line each, without the contents of what it was working on."""

import logging
import sys

import structlog

from aimas.core import current_trail


def configure_logs() -> None:
    """Called once a process. Locals never reach a log: they hold what people wrote."""
    as_text = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trail,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if as_text else [structlog.processors.format_exc_info]),
            renderer,
        ],
        # A person at a terminal is told of trouble; the whole way of what came in is for what keeps logs.
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if as_text else logging.INFO),
        # Whatever stderr is at the moment of speaking: it may be redirected after this.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _with_trail(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if trail := current_trail():
        event.setdefault("trail", trail)
    return event
