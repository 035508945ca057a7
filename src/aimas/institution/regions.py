"""What each region is called in Russian, Kazakh and English: by its code."""

from collections.abc import Mapping
from functools import cache

from aimas.institution.toponyms import region_rows


@cache
def region_names() -> Mapping[str, str]:
    """ISO 3166-2:KZ codes of 2022 by every name, a code's own among them.

    A name alone is the city's where a city and a region share it: «Алматы» is KZ-75, «Алматы облысы» KZ-19.
    """
    codes: dict[str, str] = {}
    full: dict[str, str] = {}
    alone: dict[str, str] = {}
    for row in sorted(region_rows(), key=lambda row: row.kind != "city"):
        codes[row.code] = row.code
        names = (*row.russian, *row.kazakh, *row.english, *row.short)
        for name in names:
            alone.setdefault(name, row.code)
        if row.kind == "city":
            continue
        for name in row.kazakh:
            full.setdefault(f"{name} облысы", row.code)
        for name in row.english:
            full.setdefault(f"{name} Region", row.code)
        for name in row.russian:
            full.setdefault(f"область {name}", row.code)
        for adjective in row.adjectives:
            bare = f"{adjective.removesuffix('ий')}ая".capitalize()
            full.setdefault(f"{'-'.join(part.capitalize() for part in bare.split('-'))} область", row.code)
    return dict(sorted(codes.items())) | alone | full
