"""Verbs that ask: search, and what a profile sees in a text."""

from typing import Any

import click
import msgspec

from aimas.app import App
from aimas.cli.base import emit, json_option, say, text_of, with_app
from aimas.public import public
from aimas.tone import verdict


@click.command()
@click.argument("query", default="*")
@click.option("--count", "only_count", is_flag=True, help="Only the number.")
@click.option("--explain", is_flag=True, help="How the query was understood.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option(
    "--profile", "institution", help="Whose tones and themes are meant; the home's first when absent."
)
@click.option("--at", type=click.IntRange(0), help="As known at this ledger position.")
@json_option
@with_app
def search(
    app: App,
    query: str,
    only_count: bool,
    explain: bool,
    limit: int,
    institution: str | None,
    at: int | None,
    as_json: bool,
) -> None:
    """Find publications; `*` means all of them, undated ones included."""
    from aimas.search import written

    question = app.search.ask(query, institution or app.profiles[0].id, at)
    about: dict[str, Any] = {
        "institution": question.scope.institution,
        "snapshot": question.scope.snapshot,
        "query": query,
        "understood": written(question.node),
    }
    if explain:
        about["tree"] = msgspec.to_builtins(question.node)
    if only_count:
        count = app.search.count(question)
        emit({"count": count, **about}) if as_json else say(str(count))
        return
    page = app.search.page(question, limit=limit)
    if as_json:
        items = [public(app.explained(p), question.scope.institution) for p in page.publications]
        emit({"count": page.count, **about, "items": items})
        return
    if explain:
        say(f"understood as: {about['understood']}")
    for p in page.publications:
        when = (
            p.published_at.astimezone(app.settings.zone).strftime("%Y-%m-%d %H:%M")
            if p.published_at
            else "undated"
        )
        tone = verdict(question.scope.institution, p.mentions)
        title = p.title or p.text[:80]
        say(
            f"{p.id}  {when:<16}  {p.language.value.value:<5}  {tone.tone.value if tone else '-':<8}  {title}"
        )
    say(
        f"{page.count} publications about {question.scope.institution} at snapshot {question.scope.snapshot}"
        if "relevant" in about["understood"]
        else f"{page.count} publications at snapshot {question.scope.snapshot}"
    )


@click.group()
def profile() -> None:
    """What an institution's profile says and sees."""


@profile.command("test")
@click.argument("file", type=click.File("rb"))
@click.option("--profile", "name", default="kz-mia", show_default=True, help="A shipped name or a path.")
@json_option
def profile_test(file: Any, name: str, as_json: bool) -> None:
    """What a profile matches in a text and why, and what it refused and why."""
    from aimas.institution import Institutions, require_profile

    text = text_of(file.read(), file.name)
    explained = Institutions([require_profile(name)]).explain(text)
    if as_json:
        emit(explained)
        return
    for mention in explained.mentions:
        speaker = f", {mention.speaker} speaks" if mention.speaker else ""
        found = mention.span.of(text)
        say(f"+ {mention.span.start:>6}  {mention.target:<16} {found!r}  ({mention.why}{speaker})")
    for refusal in explained.refusals:
        found = refusal.span.of(text)
        say(f"- {refusal.span.start:>6}  {refusal.target:<16} {found!r}  ({refusal.why})")
    say(f"{len(explained.mentions)} mentions, {len(explained.refusals)} refused")


@profile.command("list")
@json_option
def profile_list(as_json: bool) -> None:
    """The profiles that come with the program."""
    from aimas.institution import profile_ids, require_profile

    found = [require_profile(p) for p in profile_ids()]
    if as_json:
        emit([{"id": p.id} for p in found])
        return
    for p in found:
        say(p.id)
