"""Verbs about stories: which there are, one of them, and what a person rules."""

import click

from aimas.app import App
from aimas.cli.base import FAILED, emit, errors, home_option, json_option, say, with_app
from aimas.public import public_story


@click.group(invoke_without_command=True)
@home_option
@click.option(
    "--query", default="is:relevant", show_default=True, help="Only what this finds counts in a story."
)
@click.option("--since", help="As in date: queries: 2026-11-01, today, -7d.")
@click.option("--newest", is_flag=True, help="By the newest publication; else the largest come first.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1_000))
@click.option("--profile", "institution", help="The institution; the home's first when absent.")
@click.option("--at", type=click.IntRange(0), help="As known at this ledger position.")
@json_option
@click.pass_context
def stories(
    context: click.Context,
    query: str,
    since: str | None,
    newest: bool,
    limit: int,
    institution: str | None,
    at: int | None,
    as_json: bool,
) -> None:
    """The stories among what a query finds."""
    if context.invoked_subcommand is None:
        _list(query, since, newest, limit, institution, at, as_json)


@with_app
def _list(
    app: App,
    query: str,
    since: str | None,
    newest: bool,
    limit: int,
    institution: str | None,
    at: int | None,
    as_json: bool,
) -> None:
    asked = f"({query}) AND date:{since}.." if since else query
    question = app.search.ask(asked, institution or app.profiles[0].id, at)
    distinct = app.search.distinct(question)
    lines = app.stories.lines(question, limit=limit, newest_first=newest)
    if as_json:
        emit(
            {
                "query": asked,
                "institution": question.scope.institution,
                "snapshot": question.scope.snapshot,
                "publications": distinct.publications,
                "unique": distinct.unique,
                "stories": distinct.stories,
                "placed": distinct.placed,
                "items": [public_story(line) for line in lines],
            }
        )
        return
    for line in lines:
        day = line.first_said.astimezone(app.settings.zone).strftime("%Y-%m-%d")
        title = line.title(app.settings.language).text
        say(f"{line.id}  {line.count.count:>5}  {line.unique:>5}  {day}  {title}")
    say(
        f"{distinct.stories} stories, {distinct.unique} unique of {distinct.publications} publications "
        f"about {question.scope.institution} at snapshot {question.scope.snapshot}"
    )


@stories.command("show")
@click.argument("story")
@click.option("--profile", "institution", help="The institution; the home's first when absent.")
@click.option("--at", type=click.IntRange(0), help="As known at this ledger position.")
@json_option
@with_app
def show(app: App, story: str, institution: str | None, at: int | None, as_json: bool) -> int:
    """One story day by day."""
    view = app.stories.story(story, institution or app.profiles[0].id, at)
    if view is None:
        now = app.places.successor(story)
        errors.print(
            f"Story {story} is part of {now} now." if now else f"There is no story {story}.", markup=False
        )
        return FAILED
    if as_json:
        emit({"story": public_story(view.line), "snapshot": view.snapshot, "days": view.days})
        return 0
    say(view.line.title(app.settings.language).text)
    for day in view.days:
        if day.total.count:
            say(f"{day.day}  {day.total.count:>5}")
    say(f"{view.line.count.count} publications, {view.line.unique} unique; {view.line.count.query}")
    return 0


def _ruled(app: App, said: str, as_json: bool, **values: object) -> None:
    app.catch_up()
    if as_json:
        emit(values)
    else:
        say(said)


@stories.command("merge")
@click.argument("story")
@click.argument("into")
@json_option
@with_app
def merge(app: App, story: str, into: str, as_json: bool) -> None:
    """All of one story tells the other."""
    moved = app.rulings.merge(story, into)
    _ruled(app, f"{moved} publications moved.", as_json, moved=moved, into=into)


@stories.command("split")
@click.argument("story")
@click.argument("publications", nargs=-1, required=True)
@json_option
@with_app
def split(app: App, story: str, publications: tuple[str, ...], as_json: bool) -> None:
    """These publications become a story of their own."""
    own = app.rulings.split(story, publications)
    _ruled(app, f"They are story {own} now.", as_json, story=own)


@stories.command("pin")
@click.argument("publication")
@click.argument("story")
@json_option
@with_app
def pin(app: App, publication: str, story: str, as_json: bool) -> None:
    """This publication tells that story, whatever the texts say."""
    app.rulings.pin(publication, story)
    _ruled(app, "Moved.", as_json, publication=publication, story=story)


@stories.command("rename")
@click.argument("story")
@click.argument("title")
@json_option
@with_app
def rename(app: App, story: str, title: str, as_json: bool) -> None:
    """An empty title gives the story its own titles back."""
    app.rulings.rename(story, title)
    _ruled(app, "Named.", as_json, story=story, title=title)
