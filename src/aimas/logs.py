"""Where the program's own words go: to stderr, a line each, without the contents of what it was working on."""

import sys

import structlog


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
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if as_text else [structlog.processors.format_exc_info]),
            renderer,
        ],
        # Whatever stderr is at the moment of speaking: it may be redirected after this.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
