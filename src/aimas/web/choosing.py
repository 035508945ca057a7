"""What a person chooses for this browser: language, theme, institution."""

from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response

from aimas.app import App
from aimas.web.parameters import Form
from aimas.web.redirects import SAFE_PATH
from aimas.web.signing_in import is_https
from aimas.web.texts import TONGUES

YEAR_S = 365 * 86_400


def remember(answer: Response[Any], app: App, key: str, value: str) -> None:
    """For a year, in this browser alone."""
    answer.set_cookie(key, value, max_age=YEAR_S, samesite="lax", httponly=True, secure=is_https(app))


@post("/choose", include_in_schema=False, sync_to_thread=False)
def choose(app: NamedDependency[App], data: Form) -> Redirect:
    """Remembers language, theme or institution in a cookie and goes back."""
    back = data.get("back", "/")
    answer = Redirect(back if SAFE_PATH.fullmatch(back) else "/", status_code=303)
    known: dict[str, set[str]] = {
        "lang": set(TONGUES),
        "theme": {"light", "dark"},
        "institution": {p.id for p in app.profiles},
    }
    for key, values in known.items():
        if data.get(key) in values:
            remember(answer, app, key, data[key])
    if data.get("theme") == "auto":
        answer.delete_cookie("theme")
    return answer


CHOOSING = (choose,)
