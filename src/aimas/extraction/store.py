"""Where learned templates are kept between pages of a site."""

from typing import Protocol

from aimas.extraction.types import Template


class TemplateStore(Protocol):
    """One record a host. Losing a write costs relearning, never a wrong text."""

    def get(self, host: str) -> Template | None: ...

    def put(self, host: str, template: Template) -> None: ...


class MemoryTemplates:
    """Lasts as long as the process."""

    def __init__(self) -> None:
        self._templates: dict[str, Template] = {}

    def get(self, host: str) -> Template | None:
        return self._templates.get(host)

    def put(self, host: str, template: Template) -> None:
        self._templates[host] = template
