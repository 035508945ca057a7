"""Who is at a page, in which language and for which institution, and how a template is filled for them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request
from litestar.response import Template

from aimas.accounts import Right, may
from aimas.app import App
from aimas.institution import Profile
from aimas.search.board import TONES
from aimas.web import views
from aimas.web.evidence import Explained
from aimas.web.persons import People, person
from aimas.web.signing_in import account_of
from aimas.web.texts import TONGUES, Texts, chosen_tongue


class Desk(msgspec.Struct, frozen=True):
    """What every page stands on."""

    app: App
    texts: Texts
    profile: Profile
    names: views.Names
    people: People
    explained: Explained
    common: Mapping[str, Any]


def desk(request: Request[Any, Any, Any], app: App, institution: str | None) -> Desk:
    tongue = chosen_tongue(
        request.query_params.get("lang"),
        request.cookies.get("lang"),
        request.headers.get("accept-language"),
        app.settings.language,
    )
    texts = Texts(tongue, app.settings.zone)
    asked = institution or request.cookies.get("institution")
    profile = next((p for p in app.profiles if p.id == asked), app.profiles[0])
    names = views.Names(texts, profile, app.sources.sources())
    people = People(app)
    theme = request.cookies.get("theme")
    common = {
        "t": texts,
        "profile": profile,
        "institution_name": getattr(profile.title, tongue),
        "profiles": app.profiles,
        "names": names,
        "tongues": TONGUES,
        "tones": TONES,
        "speech": views.speech,
        "theme": theme if theme in ("light", "dark") else "",
        "path": request.url.path,
        "here": _here(request),
        "is_demo": app.settings.demo,
        "within": views.within,
        "title_of": views.title_of,
        "is_stopped": bool(request.app.state.dead()),
        # A link to a publication says under which institution it is read, where there is a choice.
        "under": f"?i={profile.id}" if len(app.profiles) > 1 else "",
        "person": person(request, app),
        "who": people.called,
        "account": (account := account_of(request)),
        "can": lambda right: account is not None and may(account, Right(right)),
    }
    return Desk(app, texts, profile, names, people, request.app.state.explained, common)


def _here(request: Request[Any, Any, Any]) -> str:
    """Where a choice leads back to; after a POST that is the page itself, not the act."""
    if request.method != "GET":
        return re.sub(r"/(original|tone|draw|begin|answer|adopt|\d+/(?:retry|settle))$", "", request.url.path)
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")


def page(desk: Desk, template: str, status: int = 200, **values: Any) -> Template:
    return Template(template, context={**desk.common, **values}, status_code=status)
