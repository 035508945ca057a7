"""A profile is read whole or refused with the place of the error and what to do."""

from pathlib import Path

import pytest

from aimas.core import BadSetting
from aimas.institution import Institutions, profile_ids, profile_of, require_profile, version_of

SMALL = """\
id: kz-test
title: {ru: Тест, kk: Тест, en: Test}
country: KZ
targets:
  - key: office
    title: {ru: бюро, kk: бюро, en: bureau}
    names: {ru: [бюро находок], en: [lost property office]}
themes: []
"""


@pytest.mark.parametrize("profile", profile_ids())
def test_each_packaged_profile_is_read(profile: str) -> None:
    assert require_profile(profile).id == profile


def test_a_profile_in_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SMALL, encoding="utf-8")
    found = Institutions([require_profile(str(path))]).find("Сдали в бюро находок зонт.")
    assert [mention.institution for mention in found] == ["kz-test"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("names: {ru", "name: {ru", "line 5, at targets/0: ", id="a field that is not known"),
        pytest.param(
            "country: KZ",
            "country: RU",
            "line 3, at country: 'RU' is not known; choose one of KZ",
            id="a value",
        ),
        pytest.param(
            "themes: []", "", "'themes' is a required property; add it", id="a field that is missing"
        ),
        pytest.param("id: kz-test", "id: [", "not YAML", id="a text that is not YAML"),
        pytest.param("key: office", "key: Office!", "targets/0/key", id="a key with a bad letter"),
    ],
)
def test_an_error_says_where_and_what(old: str, new: str, message: str) -> None:
    with pytest.raises(BadSetting) as raised:
        profile_of(SMALL.replace(old, new), "own.yaml")
    assert "own.yaml" in str(raised.value)
    assert message in str(raised.value)


def test_a_target_that_stands_twice_is_refused() -> None:
    target = SMALL[SMALL.index("  - key") : SMALL.index("themes")]
    with pytest.raises(BadSetting, match="'office' stands twice"):
        profile_of(SMALL.replace("themes", target + "themes"), "own.yaml")


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(BadSetting, match="kz-mia, kz-prosecutor"):
        require_profile("kz-nobody")


def test_the_version_changes_with_the_content_only() -> None:
    changed = SMALL.replace("бюро находок", "стол находок")
    assert version_of(profile_of(SMALL, "a")) == version_of(profile_of(SMALL + "# note\n", "b"))
    assert version_of(profile_of(SMALL, "a")) != version_of(profile_of(changed, "a"))
    assert version_of(profile_of(SMALL, "a")).startswith("institution/kz-test@")
