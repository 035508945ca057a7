"""What an address or a form may say to more than one page, and within which bounds."""

from typing import Annotated

from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter

from aimas.search.limits import MAX_LENGTH

Ask = Annotated[str, QueryParameter(name="q", max_length=MAX_LENGTH)]
MAX_POSITION = 2**62 - 1
MAX_ORDER = 2**63 - 1
"""What the index can hold; beyond it a link was made up."""
Snapshot = Annotated[int | None, QueryParameter(name="at", ge=0, le=MAX_POSITION)]
Below = Annotated[int | None, QueryParameter(name="below", ge=0, le=MAX_ORDER)]
Sought = Annotated[str, QueryParameter(name="name", max_length=100)]
Skip = Annotated[int, QueryParameter(name="skip", ge=0, le=1_000_000)]
Institution = Annotated[str | None, QueryParameter(name="i", max_length=100)]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
