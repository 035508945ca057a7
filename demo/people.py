"""Who may be chosen on the demo's page of signing in: one invented person for each role, and a second officer."""

from aimas.accounts import Role
from aimas.app import App

PEOPLE: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (
    ("dosova", "Айгерим Досова", Role.CLERK, ()),
    ("seitov", "Ерлан Сеитов", Role.OFFICER, ("duty", "local-police", "road-police", "criminal-police")),
    ("ospanova", "Мадина Оспанова", Role.OFFICER, ("cyber-police", "migration", "family-protection")),
    ("akhmetov", "Болат Ахметов", Role.HEAD, ("*",)),
    ("kasenova", "Дина Касенова", Role.ANALYST, ()),
    ("zhaksybekov", "Тимур Жаксыбеков", Role.AUDITOR, ()),
    ("ibraeva", "Салтанат Ибраева", Role.ADMIN, ()),
)
"""Name to sign in with, full name, role, units."""
POSTS = {
    "dosova": {"ru": "специалист канцелярии", "kk": "кеңсе маманы", "en": "registry clerk"},
    "seitov": {"ru": "старший инспектор", "kk": "аға инспектор", "en": "senior inspector"},
    "ospanova": {"ru": "инспектор", "kk": "инспектор", "en": "inspector"},
    "akhmetov": {"ru": "заместитель начальника", "kk": "бастықтың орынбасары", "en": "deputy head"},
}


def settle(app: App) -> None:
    for name, full_name, role, units in PEOPLE:
        posts = POSTS.get(name, {})
        app.accounts.add(
            name, (role,), app.actor, full_name=full_name, units=units, posts=posts, is_demo=True
        )
