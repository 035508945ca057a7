"""What crosses into the index as one string is, term by term and place by place, what the words are filed under."""

import itertools
from typing import Any

import pytest
import tantivy
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Language
from aimas.storage import terms
from aimas.storage.terms import TOKENIZER, Writing
from aimas.text import Memory, filed_words

SENTENCES = {
    Language.RU: "Токаев сказал, что стали больше: «Ақорда» и О’Коннор — из-за ёлок, в Өскемене стали лить сталь.",
    Language.KK: "Қасым-Жомарт Тоқаев Өтемұратовтың айтқанын Қазақстан Республикасында жариялады; qazaqstan Şymkent.",
    Language.KK_RU: "Полиция қызметкерлері сообщили, что Саденов барды.",
    Language.EN: "Tokayev's ministers said the police of Alma-Ata were «Нұр-Сұлтан» naïve in 2026 at 5th street.",
    Language.OTHER: "Straße İstanbul ışık 2nd ΑΣ ΣΑΣ ᏸ ǅ ﬁn Ǆungla Прокопьев ё\u0301лка по\u00adлиция",
}


def filed(text: str, language: Language) -> list[str]:
    return [term for _, found in filed_words(text, language) for term in found]


def crossed(text: str, language: Language) -> list[str]:
    writing = Writing()
    written = writing.written(text, language)
    if not isinstance(written.terms, str):
        return [token.text for token in written.terms.tokens]
    return list(writing.tokenizer().analyze(written.terms))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("written_in", [pytest.param(k, id=f"a sentence in {k.value}") for k in SENTENCES])
def test_terms_cross_whole(written_in: Language, language: Language) -> None:
    text = SENTENCES[written_in]
    assert crossed(text, language) == filed(text, language)


@given(
    st.lists(st.text("абвгёйқәіӨТТСШabcıİſßΣσς5 @.,-'’\u0301\u00ad\x00", min_size=1, max_size=9), max_size=8),
    st.sampled_from(list(Language)),
)
def test_any_string_crosses_whole(words: list[str], language: Language) -> None:
    text = " ".join(words)
    assert crossed(text, language) == filed(text, language)
    assert Writing().written(text, language).normal.split() == [n for n, _ in filed_words(text, language)]


def test_one_commit_takes_apart_the_words_of_all_its_texts() -> None:
    writing = Writing()
    written = [writing.written(text, language) for language, text in SENTENCES.items()]
    tokenizer = writing.tokenizer()
    texts = [w.terms for w in written if isinstance(w.terms, str)]
    assert [list(tokenizer.analyze(text)) for text in texts] == [
        filed(SENTENCES[language], language)
        for language, w in zip(SENTENCES, written, strict=True)
        if isinstance(w.terms, str)
    ]
    assert any(len(found) > 1 for _, found in filed_words(SENTENCES[Language.RU], Language.RU))


def test_every_term_stands_at_its_words_place() -> None:
    """Beside the same terms given one by one with their places: every phrase of two is found in both or in neither."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("whole", tokenizer_name=TOKENIZER, index_option="position")
    builder.add_text_field("single", tokenizer_name="whitespace", index_option="position")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(20_000_000, 1)
    writing, text, language = Writing(), SENTENCES[Language.RU], Language.RU
    written = writing.written(text, language)
    assert isinstance(written.terms, str)
    index.register_tokenizer(TOKENIZER, writing.tokenizer())
    document = tantivy.Document()
    document.add_text("whole", written.terms)
    document.add_pre_tokenized_text("single", terms._token_by_token(text, language))
    writer.add_document(document)
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def found(field: str, one: str, other: str, apart: int) -> int:
        query = tantivy.Query.phrase_query(schema, field, [(0, one), (apart, other)])
        result: Any = searcher.search(query, 1)
        return int(result.count)

    pairs = [*itertools.product(sorted(set(filed(text, language))), repeat=2)]
    for apart in (1, 2, 3):
        got = [found("whole", one, other, apart) for one, other in pairs]
        assert got == [found("single", one, other, apart) for one, other in pairs]
        assert 0 < sum(got) < len(pairs)


def test_what_is_forgotten_is_worked_out_again() -> None:
    worked: list[str] = []

    def length(written: str) -> int:
        worked.append(written)
        return len(written)

    memory = Memory(length, 4)
    assert [memory[w] for w in ("a", "bb", "a", "ccc", "a", "bb", "dddd", "a", "e", "f", "bb")] == [
        1, 2, 1, 3, 1, 2, 4, 1, 1, 1, 2,
    ]  # fmt: skip
    assert len(memory) <= 2
    assert worked.count("a") == 1
    assert worked.count("bb") > 1
