"""The small parts that pages are made of."""

import hashlib
import re
import tomllib
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

import aimas.search
import aimas.web
from aimas.accounts import signing_in
from aimas.core import DropReason, HoldReason
from aimas.search import QueryError, parse
from aimas.search.board import TONES, Day, Figure
from aimas.web import changes, chart, mistakes
from aimas.web.texts import TONGUES, Texts, alphabetical, catalogue

HERE = Path(aimas.web.__file__).parent


def test_the_three_languages_say_the_same_things() -> None:
    keys = {tongue: set(catalogue(tongue)) for tongue in TONGUES}
    assert keys["ru"] == keys["kk"] == keys["en"]
    for key in keys["en"]:
        holes = {t: set(re.findall(r"\{(\w*)\}", catalogue(t)[key])) for t in TONGUES}
        assert holes["ru"] == holes["kk"] == holes["en"], key
        assert all(catalogue(t)[key].strip() for t in TONGUES), key


def test_no_part_says_over_what_another_says() -> None:
    for tongue in TONGUES:
        parts = [tomllib.loads(path.read_text("utf-8")) for path in (HERE / "texts").rglob(f"{tongue}.toml")]
        assert len(catalogue(tongue)) == sum(map(len, parts))


def test_each_language_is_written_in_its_own_letters() -> None:
    kazakh = " ".join(catalogue("kk").values())
    assert set("әғқңөұүі") <= set(kazakh.lower())
    assert not set("әғқңөұүһі") & set(
        " ".join(v for k, v in catalogue("ru").items() if ".KZ-" not in k).lower()
    )
    assert not re.search(r"[а-яА-Я]", " ".join(catalogue("en").values()))


@pytest.mark.parametrize(
    ("tongue", "n", "said"),
    [
        ("ru", 1, "1 публикация"),
        ("ru", 3, "3 публикации"),
        ("ru", 11, "11 публикаций"),
        ("ru", 21, "21 публикация"),
        ("kk", 1, "1 жарияланым"),
        ("kk", 5, "5 жарияланым"),
        ("en", 1, "1 publication"),
        ("en", 2, "2 publications"),
    ],
)
def test_numbers_bend_their_nouns(tongue: str, n: int, said: str) -> None:
    assert Texts(tongue, UTC).plural("list.count", n) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        pytest.param(
            "act.story-pinned",
            {"story": "«Помиритесь до утра»: жалоба", "publication": "Суд"},
            "К сюжету «„Помиритесь до утра“: жалоба» отнесена публикация «Суд»",
            id="a title that quotes",
        ),
        pytest.param(
            "act.exported",
            {"format": "CSV", "count": "3", "query": "«суд» OR сот", "institution": "МВД"},
            "Выгружено в CSV: публикаций — 3, запрос ««суд» OR сот», МВД",
            id="a query stays as it was typed",
        ),
    ],
)
def test_quotation_marks_inside_others_are_the_inner_ones(
    key: str, values: dict[str, str], said: str
) -> None:
    texts = Texts("ru", UTC)
    assert texts(key, **values) == said
    assert texts.filled(key, values) == said


def test_names_are_sorted_as_the_alphabet_goes() -> None:
    names = ["Ярмарка", "Әділет", "Абай", "іс", "Қала", "кезек", "Лагерь", "Desk"]
    ordered = ["Desk", "Абай", "Әділет", "кезек", "Қала", "Лагерь", "іс", "Ярмарка"]
    assert sorted(names, key=alphabetical) == ordered


def test_keys_that_templates_name_exist() -> None:
    known = set(catalogue("en"))
    for path in (HERE / "templates").rglob("*.html"):
        for key in re.findall(
            r"\bt(?:\.plural|\.forms)?\(\s*[\"']([\w.-]+)[\"']\s*[,)]", path.read_text("utf-8")
        ):
            assert key in known or f"{key}.other" in known, f"{path.name}: {key}"


def test_every_complaint_about_a_query_can_be_said_in_every_language() -> None:
    source = "".join(p.read_text("utf-8") for p in Path(aimas.search.__file__).parent.glob("*.py"))
    complaints = re.findall(r"QueryError\(\s*f?\"((?:[^\"\\]|\\.)*)\"", source)
    assert len(complaints) > 15
    for complaint in complaints:
        filled = re.sub(r"\{MAX_\w+\}", "5", complaint)
        filled = re.sub(r"\{hint\}", "", filled)
        filled = re.sub(r"@\{[^}]*\}|\{arrows\(chain\)\}", "@x", filled)
        filled = re.sub(r"\{[^}]*\}", "x", filled)
        assert mistakes.key_of(filled), f"no translation: {complaint}"


@pytest.mark.parametrize(
    "query", ["(a", "a)", "AND", "a NEAR/5", "lang:xx", "dat:2026", "date:soon", '"', "a*", "tone:"]
)
def test_mistakes_are_told_in_the_readers_language(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, date(2026, 5, 12))
    assert re.search(r"[а-я]{3}", mistakes.told(caught.value, Texts("ru", UTC)))
    assert re.search(r"[а-яәғқңөұүһі]{3}", mistakes.told(caught.value, Texts("kk", UTC)))


def spelled(paragraphs: list[changes.Paragraph], leaving_out: str) -> list[str]:
    return ["".join(c.text for c in p if c.kind != leaving_out) for p in paragraphs]


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        pytest.param("a b c", "a b c", 0, id="nothing changed"),
        pytest.param("Задержали троих.", "Задержали пятерых.", 1, id="one word"),
        pytest.param("Задержали троих в мае.", "Задержали пять лиц в июне.", 2, id="two words apart"),
        pytest.param("one\ntwo", "one\ntwo\nthree", 1, id="a paragraph came"),
        pytest.param("one\ntwo\nthree", "one\nthree", 1, id="a paragraph went"),
        pytest.param("x " * 4000 + "y", "z " * 4000 + "y", 1, id="too long to compare word by word"),
    ],
)
def test_changes_read_as_either_text(before: str, after: str, places: int) -> None:
    woven = changes.changes(before, after)
    assert [p for p in spelled(woven, "added") if p] == [p for p in before.split("\n") if p]
    assert [p for p in spelled(woven, "removed") if p] == [p for p in after.split("\n") if p]
    assert changes.places(woven) == places


@pytest.mark.parametrize(("highest", "marks"), [(0, []), (1, [1]), (4, [1, 2, 3, 4]), (7, [2, 4, 6, 8]), (181, [50, 100, 150, 200])])  # fmt: skip
def test_scales_are_round_and_reach_the_top(highest: int, marks: list[int]) -> None:
    assert chart.scale(highest) == marks


def test_parts_of_a_bar_stand_on_each_other_up_to_the_total() -> None:
    first = date(2026, 5, 1)
    tones = tuple(Figure(t.value, n, "q") for t, n in zip(TONES, (3, 0, 2, 1), strict=True))
    drawn = chart.chart([Day(first + timedelta(days=n), Figure("day", 10, "q"), tones) for n in range(30)])
    column = drawn.columns[0]
    assert [p.figure.key for p in column.parts] == ["unlooked", "unclear", "neutral", "critical"]
    assert column.parts[0].figure.count == 4
    assert column.parts[0].y == pytest.approx(column.top)
    for upper, lower in zip(column.parts, column.parts[1:], strict=False):
        assert upper.y + upper.height == pytest.approx(lower.y)
    assert column.parts[-1].y + column.parts[-1].height == pytest.approx(drawn.base)
    assert drawn.columns[-1].is_labelled


@pytest.mark.parametrize("folder", [HERE / "static/vendor", Path(__file__).parents[1] / "browser/vendor"], ids=["shipped", "for tests"])  # fmt: skip
def test_vendored_files_are_what_they_were_and_come_with_a_licence(folder: Path) -> None:
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = sorted(p.name for p in folder.glob("*.js"))
    assert files == sorted(sums)
    for name in files:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sums[name]
    assert len(list(folder.glob("LICENSE.*"))) >= 1


def test_whatever_is_counted_has_a_name_in_each_language() -> None:
    steps = ("gather", "extract", "understand", "place", "file", signing_in.STEP)
    reasons = (*DropReason, *HoldReason, "refused", "locked")
    for tongue in TONGUES:
        texts = Texts(tongue, UTC)
        named = [texts.has(f"step.{step}") for step in steps] + [texts.has(f"reason.{r}") for r in reasons]
        assert all(named), [tongue, *(w for w, has in zip([*steps, *reasons], named, strict=True) if not has)]
