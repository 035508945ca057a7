"""Verbs of accounts: who may sign in to the board, and as what."""

from collections.abc import Callable
from typing import Any

import click

from aimas.accounts import Account, Role
from aimas.app import App
from aimas.cli.base import emit, json_option, say, with_app


@click.group()
def users() -> None:
    """Who may sign in: add, list, role, lock, unlock, reset."""


ROLES = click.Choice([role.value for role in Role])


def _posts(verb: Callable[..., Any]) -> Callable[..., Any]:
    """What stands beside the name under what the person signs, a text a language."""
    for tongue in ("en", "kk", "ru"):
        verb = click.option(f"--post-{tongue}", help=f"Post in the institution, in {tongue}.")(verb)
    return verb


def _said(posts: dict[str, str | None]) -> dict[str, str]:
    return {tongue: post for tongue, post in posts.items() if post is not None}


@users.command("add")
@click.argument("name")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--full-name", default="", help="As the person is addressed.")
@click.option("--unit", "units", multiple=True, help="Whose cases are this person's; * is all of them.")
@_posts
@click.option("--ask", is_flag=True, help="Ask for the password here; else one is made up and printed once.")
@json_option
@with_app
def add(
    app: App,
    name: str,
    roles: tuple[str, ...],
    full_name: str,
    units: tuple[str, ...],
    post_ru: str | None,
    post_kk: str | None,
    post_en: str | None,
    ask: bool,
    as_json: bool,
) -> None:
    """Make an account; its password is to be changed at the first sign-in."""
    password = _asked() if ask else None
    account, told = app.accounts.add(
        name,
        map(Role, roles),
        app.actor,
        full_name=full_name,
        units=units,
        posts=_said({"ru": post_ru, "kk": post_kk, "en": post_en}),
        password=password,
    )
    if as_json:
        emit(_row(account) | ({"password": told} if told else {}))
        return
    say(f"{account.name} may sign in as {', '.join(account.roles)}.")
    _tell(told)


@users.command("list")
@json_option
@with_app
def list_users(app: App, as_json: bool) -> None:
    """Everybody, with roles and units."""
    rows = [_row(account) for account in app.accounts.all()]
    if as_json:
        emit(rows)
        return
    for row in rows:
        state = "locked" if row["locked"] else ""
        say(f"{row['name']:<24} {', '.join(row['roles']):<24} {', '.join(row['units']):<24} {state}")
    say(f"{len(rows)} accounts")


@users.command("role")
@click.argument("name")
@click.option("--role", "roles", type=ROLES, multiple=True, help="Instead of those that the account has.")
@click.option("--unit", "units", multiple=True, help="Instead of those that the account has.")
@click.option("--no-units", is_flag=True, help="Takes all units away.")
@json_option
@with_app
def role(
    app: App, name: str, roles: tuple[str, ...], units: tuple[str, ...], no_units: bool, as_json: bool
) -> None:
    """Give an account other roles or units."""
    if not roles and not units and not no_units:
        raise click.UsageError("Give --role, --unit or --no-units.")
    account = app.accounts.change(
        name,
        app.actor,
        roles=map(Role, roles) if roles else None,
        units=units if units or no_units else None,
    )
    if as_json:
        emit(_row(account))
        return
    say(f"{account.name}: {', '.join(account.roles)}; units: {', '.join(account.units) or 'none'}")


@users.command("post")
@click.argument("name")
@_posts
@json_option
@with_app
def post(
    app: App, name: str, post_ru: str | None, post_kk: str | None, post_en: str | None, as_json: bool
) -> None:
    """Say what a person is in the institution: it stands under what the person signs; an empty text takes it away."""
    said = _said({"ru": post_ru, "kk": post_kk, "en": post_en})
    if not said:
        raise click.UsageError("Give --post-ru, --post-kk or --post-en.")
    account = app.accounts.change(name, app.actor, posts=app.accounts.require(name).posts | said)
    emit(_row(account)) if as_json else say(
        f"{account.name}: {'; '.join(account.posts.values()) or 'no post'}"
    )


@users.command("lock")
@click.argument("name")
@click.option("--reason", required=True, help="Recorded in the ledger.")
@json_option
@with_app
def lock(app: App, name: str, reason: str, as_json: bool) -> None:
    """End an account's access, its open sessions and its tokens."""
    account = app.accounts.lock(name, app.actor, reason)
    emit(_row(account)) if as_json else say(f"{account.name} is locked; sessions and tokens have ended.")


@users.command("unlock")
@click.argument("name")
@json_option
@with_app
def unlock(app: App, name: str, as_json: bool) -> None:
    """Let an account in again, and forget its wrong tries."""
    account = app.accounts.unlock(name, app.actor)
    emit(_row(account)) if as_json else say(f"{account.name} may sign in again.")


@users.command("reset")
@click.argument("name")
@click.option("--ask", is_flag=True, help="Ask for the password here; else one is made up and printed once.")
@json_option
@with_app
def reset(app: App, name: str, ask: bool, as_json: bool) -> None:
    """Give a new password; codes, sessions and tokens of the account end."""
    told = app.accounts.reset(name, app.actor, _asked() if ask else None)
    if as_json:
        emit({"name": app.accounts.require(name).name} | ({"password": told} if told else {}))
        return
    say(f"{app.accounts.require(name).name} has a new password.")
    _tell(told)


def _asked() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _tell(told: str) -> None:
    if told:
        say(f"Password, shown this once: {told}")
        say("It is to be changed at the first sign-in.")


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "full_name": account.full_name,
        "roles": list(account.roles),
        "units": list(account.units),
        "posts": account.posts,
        "locked": account.is_closed,
        "second": account.has_second,
    }
