"""Whom we listen for: names in every script and case, themes, and the regions a text speaks of."""

from aimas.institution.gazetteer import Gazetteer, gazetteer
from aimas.institution.matching import Institutions
from aimas.institution.profile import profile_ids, profile_of, profile_schema, require_profile, version_of
from aimas.institution.regions import region_names
from aimas.institution.types import Explanation, Profile, Refusal, Target, ThemeRule, Titles

__all__ = [
    "Explanation",
    "Gazetteer",
    "Institutions",
    "Profile",
    "Refusal",
    "Target",
    "ThemeRule",
    "Titles",
    "gazetteer",
    "profile_ids",
    "profile_of",
    "profile_schema",
    "region_names",
    "require_profile",
    "version_of",
]
