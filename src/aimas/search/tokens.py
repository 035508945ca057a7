"""Cuts a query into tokens: what each kind looks like, and where it stands."""

import re

import msgspec

from aimas.search.errors import QueryError
from aimas.text import INVISIBLE

_S = rf"[\s{INVISIBLE}]"
_NAME = r"""@(?:"[^"]*"|«[^»]*»|[^\s()"«»“”„=]*)"""
_TOKEN = re.compile(
    rf"""(?P<space>{_S}+|\#(?={_S}|$)[^\n]*|/\*.*?\*/)
      | (?P<phrase>=?"[^"]*"|=?«[^»]*»|=?“[^”]*”|=?„[^“”]*[“”])
      | (?P<define>{_NAME})(?:{_S}*=(?={_S}|\(|$)|=)
      | (?P<named>{_NAME})
      | (?P<near>O?NEAR(?:/[^\s()]*)?)(?={_S}|[()]|$)
      | (?P<open>\() | (?P<close>\))
      | (?P<not>NOT(?={_S}|[()]|$)|-(?=[^\s]))
      | (?P<and>AND(?={_S}|[()]|$)) | (?P<or>OR(?={_S}|[()]|$))
      | (?P<field>[A-Za-z_]+):(?!//)
      | (?P<word>[^\s()"«»“”„]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")


class Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            if text[at] in "»”":
                raise QueryError("This quotation mark was never opened.", at, at + 1)
            raise QueryError("This quotation mark is never closed.", at, len(text))
        kind = str(found.lastgroup)
        if kind != "space":
            value = found[kind]
            tokens.append(Token(kind, value, found.start(), found.end()))
        at = found.end()
    return tokens


def seen(text: str) -> str:
    """Without what nobody sees."""
    return _UNSEEN.sub("", text)


def unquoted(token: Token) -> Token:
    if token.kind == "phrase":
        token = msgspec.structs.replace(token, text=token.text.lstrip("=")[1:-1])
    token = msgspec.structs.replace(token, text=seen(token.text).strip())
    if not token.text:
        raise QueryError("There is nothing between these quotation marks.", token.start, token.end)
    return token
