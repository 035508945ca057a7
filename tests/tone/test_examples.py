"""Our own examples: sound rows, and parts that no story crosses."""

import json
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from training.tone import data as sets

FILES = sorted(sets.OURS.glob("*.jsonl"))
CALIBRATING = sorted(sets.CALIBRATING.glob("*.jsonl"))
ARTICLES = sorted(sets.ARTICLES.glob("*.txt"))
READINGS = sorted(sets.READINGS.glob("*.tsv"))
INLINE = sorted([*sets.OURS.glob("*.txt"), *sets.NEWS.glob("*.txt")])


@pytest.fixture(scope="module")
def rows() -> list[sets.Row]:
    return sets.ours()


@pytest.mark.parametrize("file", [*FILES, *CALIBRATING], ids=lambda f: f"{f.parent.name} {f.stem}")
def test_each_row_marks_a_stretch_and_has_a_label(file) -> None:  # type: ignore[no-untyped-def]
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        marked = row["text"][row["start"] : row["end"]]
        assert marked and marked == marked.strip(), row["id"]
        assert row["label"] in sets.LABELS, row["id"]
        assert row["lang"] in ("ru", "kk", "en"), row["id"]


def test_marks_inside_a_line_are_taken_out_of_it() -> None:
    text, marks = sets.unmarked("Как заявил {0МИД}, {+сборная} обыграла {-«Вальдор»}.")
    assert text == "Как заявил МИД, сборная обыграла «Вальдор»."
    said = [(text[start:end], sets.LABELS[label]) for start, end, label in marks]
    assert said == [("МИД", "neutral"), ("сборная", "positive"), ("«Вальдор»", "critical")]


@pytest.mark.parametrize("file", INLINE, ids=lambda f: f"{f.parent.name} {f.stem}")
def test_each_line_with_marks_inside_is_sound(file) -> None:  # type: ignore[no-untyped-def]
    assert file.stem.split("-")[0] in ("ru", "kk", "en")
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        text, marks = sets.unmarked(line)
        assert marks and not re.search(r"[{}\t]", text), number
        for start, end, _ in marks:
            assert text[start:end] and text[start:end] == text[start:end].strip(), number


def test_lines_with_marks_inside_only_train(rows: list[sets.Row]) -> None:
    inside = [r for r in [*rows, *sets.news()] if "." in r.id.split("-")[-1]]
    assert len(inside) > 4_000
    assert {r.part for r in inside} == {"train"}


@pytest.mark.parametrize("file", READINGS, ids=lambda f: f.stem)
def test_each_reading_is_a_share_of_a_hundred_for_a_row_of_its_own(file: Path) -> None:
    seen = set()
    for line in file.read_text("utf-8").splitlines():
        number, chances = line.split("\t")
        shares = [int(share) for share in chances.split()]
        assert len(shares) == len(sets.LABELS) and min(shares) >= 0 and sum(shares) == 100, number
        assert number not in seen
        seen.add(number)
    assert len(seen) > 4_000


def test_a_row_is_read_as_its_readers_say_on_average(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sets, "READINGS", tmp_path)
    (tmp_path / "newsmtsc-1.tsv").write_text("7-0\t10 20 70\n7-1\t0 0 100\n")
    (tmp_path / "newsmtsc-2.tsv").write_text("7-0\t30 40 30\n")
    (tmp_path / "rusentne-1.tsv").write_text("7\t100 0 0\n")
    assert sets.readings("newsmtsc") == {
        "newsmtsc-7-0": pytest.approx((0.2, 0.3, 0.5)),
        "newsmtsc-7-1": pytest.approx((0, 0, 1)),
    }


def test_readers_who_see_few_sides_are_drawn_to_the_shares_that_were_published() -> None:
    row = sets.Row("newsmtsc", "en", "He did well.", 0, 2, 2, "train", "")
    rows = [row._replace(id=str(n), label=n % 3) for n in range(9)] + [row._replace(id="unread")]
    shy = {str(n): tuple(0.6 if k == 2 else 0.3 if k == n % 3 else 0.1 for k in range(3)) for n in range(9)}
    read = [r.read for r in sets.with_readings(rows, shy)]
    assert read[-1] == ()
    assert [sum(r[k] for r in read[:9]) for k in range(3)] == pytest.approx([3, 3, 3], abs=1e-3)
    assert all(sum(r) == pytest.approx(1) and max(r) == r[n % 3] for n, r in enumerate(read[:9]))


def test_nothing_but_training_rows_were_read() -> None:
    folder = os.environ.get("AIMAS_DATA")
    if not folder:
        pytest.skip("the public sets are not here: AIMAS_DATA does not say where")
    rows = [*sets.rusentne(Path(folder)), *sets.newsmtsc(Path(folder))]
    assert {r.part for r in rows if r.read} == {"train"}
    read = {r.id for r in rows if r.read}
    assert read == sets.readings("rusentne").keys() | sets.readings("newsmtsc").keys()


def test_marks_in_public_sentences_stay_in_training_and_cut_no_word() -> None:
    folder = os.environ.get("AIMAS_DATA")
    if not folder:
        pytest.skip("the public sets are not here: AIMAS_DATA does not say where")
    public = [*sets.rusentne(Path(folder)), *sets.newsmtsc(Path(folder))]
    held = {row.text for row in public if row.part != "train"}
    marked = sets.marks(Path(folder))
    assert len(marked) > 5_000
    for row in marked:
        assert row.text not in held, row.id
        assert row.text[row.start : row.end].strip() == row.text[row.start : row.end] != "", row.id
        for at in (row.start, row.end):
            assert not (0 < at < len(row.text) and row.text[at - 1 : at + 1].isalnum()), row.id


@pytest.mark.parametrize("file", ARTICLES, ids=lambda f: f.stem)
def test_each_article_is_sound(file: Path) -> None:
    for number, block in enumerate(file.read_text("utf-8").strip().split("\n\n"), 1):
        head, *lines = block.splitlines()
        assert head.removeprefix("# ") in sets.LABELS, number
        assert len(lines) >= 2, number
        text, marks = sets.unmarked("\n".join(lines))
        assert len(marks) >= 2 and not re.search(r"[{}\t#]", text), number
        for start, end, _ in marks:
            assert text[start:end] and text[start:end] == text[start:end].strip(), number


def test_rows_of_articles_keep_the_marked_words_and_one_article_lies_in_one_part() -> None:
    rows = sets.articles()
    assert len(rows) > 3_000
    bare = [row for row in rows if row.id.endswith("-")]
    full = {row.id: row for row in rows}
    assert bare and {row.part for row in bare} == {"train"}
    assert all(len(row.text) <= len(full[row.id[:-1]].text) for row in bare)
    assert sum("\n" in row.text for row in rows) > 0.5 * len(rows) > len(bare)
    assert not [row.id for row in bare if "\n" in row.text]
    parts: defaultdict[str, set[str]] = defaultdict(set)
    words: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        parts[row.id.split(".")[0]].add(row.part)
        words[row.id.rstrip("-")].add(row.text[row.start : row.end])
    assert {frozenset(p) for p in parts.values()} == {frozenset({"train"}), frozenset({"dev"})}
    assert all(len(said) == 1 for said in words.values()), "with and without the title the mark is the same"
    written = {
        text[a:b]
        for file in ARTICLES
        for text, marks in [sets.unmarked(file.read_text("utf-8"))]
        for a, b, _ in marks
    }
    assert set().union(*words.values()) <= written


def test_beside_others_a_row_keeps_its_mark_and_its_label(rows: list[sets.Row]) -> None:
    known = [*sets.news(), *rows]
    made = sets.among_others(known, share=0.2, seed=3)
    assert 1_000 < len(made) < 0.2 * len(known)
    before = {(row.source, row.id): row for row in known}
    company = {row.text for row in known if row.source == "news"}
    for row in made:
        assert any(row.text.startswith(f"{text} ") or row.text.endswith(f" {text}") for text in company)
        alone = before[row.source, row.id.removesuffix("+")]
        assert row.text != alone.text and alone.text in row.text
        assert row.text[row.start : row.end] == alone.text[alone.start : alone.end]
        assert (row.label, row.part, row.lang) == (alone.label, "train", alone.lang)


OWN = {
    "id": "ab12:0",
    "lang": "kk-ru",
    "text": "Полиция молчит.",
    "target": "Полиция",
    "start": 0,
    "end": 7,
    "label": "critical",
}


def test_what_persons_corrected_is_read_for_training(tmp_path: Path) -> None:
    file = tmp_path / "corrections.jsonl"
    foreign = OWN | {"lang": "other"}
    file.write_text(f"{json.dumps(OWN)}\n{json.dumps(foreign)}\n", "utf-8")
    assert sets.own(file) == [sets.Row("ours", "kk", "Полиция молчит.", 0, 7, 1, "train", "ab12:0")]


@pytest.mark.parametrize(
    "broken",
    [
        '{"id": "a"}',
        "no JSON",
        json.dumps(OWN | {"start": "0"}),
        json.dumps(OWN | {"label": "unclear"}),
        json.dumps(OWN | {"end": 99}),
    ],
)
def test_a_broken_line_of_corrections_is_named(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "corrections.jsonl"
    file.write_text(f"{json.dumps(OWN)}\n{broken}\n", "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        sets.own(file)


def test_ids_are_unique(rows: list[sets.Row]) -> None:
    assert not [name for name, count in Counter(r.id for r in rows).items() if count > 1]


def test_one_story_lies_in_one_part(rows: list[sets.Row]) -> None:
    part = {r.id: r.part for r in rows}
    stories: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        stories[row.text].add(row.part)
    for file in FILES:
        for record in map(json.loads, file.read_text("utf-8").splitlines()):
            if record["group"]:
                stories[f"{file.stem} {record['group']}"].add(part[record["id"]])
    for line in (sets.OURS / "alike.tsv").read_text("utf-8").splitlines():
        one, other = line.split("\t")
        stories[line] |= {part[one], part[other]}
    assert not [story for story, parts in stories.items() if len(parts) > 1]


def test_each_language_keeps_rows_for_choosing_and_for_the_report(rows: list[sets.Row]) -> None:
    count = Counter((r.lang, r.part) for r in rows)
    assert all(count[lang, part] >= 80 for lang in ("ru", "kk", "en") for part in ("dev", "test")), count


def test_examples_written_for_weak_places_only_train(rows: list[sets.Row]) -> None:
    assert {r.part for r in rows if f"-{r.id.split('-')[1]}" in sets.LATER} == {"train"}


def test_what_calibrates_trains_nothing(rows: list[sets.Row]) -> None:
    calibrating = sets.calibrating()
    assert min(Counter(r.lang for r in calibrating).values()) >= 80
    assert {r.part for r in calibrating} == {"dev"}
    assert not {r.text for r in calibrating} & {r.text for r in rows}
    assert not {r.id for r in calibrating} & {r.id for r in rows}


def test_rows_too_near_to_a_training_row_are_not_calibrated_on(rows: list[sets.Row]) -> None:
    """Runs of five letters shared, of all that either has; `calibration/README.md` promises .35."""
    learned: defaultdict[str, list[set[str]]] = defaultdict(list)
    for row in rows:
        learned[row.lang].append(_runs(row.text))
    for row in sets.calibrating():
        mine = _runs(row.text)
        assert max(len(mine & other) / len(mine | other) for other in learned[row.lang]) < 0.35, row.id


def _runs(text: str) -> set[str]:
    plain = re.sub(r"\W+", " ", text.lower())
    return {plain[n : n + 5] for n in range(len(plain) - 4)}
