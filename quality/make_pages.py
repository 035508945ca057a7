# ruff: noqa: E501 (lines of HTML)
"""Writes the Russian and Kazakh pages of the extraction set: five invented sites, eight pages each.

The texts are the project's own (sets/pages/texts.jsonl); names, sites and events are invented. Run it again after
changing a text or a design: `python -m quality.make_pages`.
"""

import gzip
import html
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

SETS = Path(__file__).parent / "sets"
PAGES_PER_SITE = 8

Article = dict[str, Any]


class Page(NamedTuple):
    site: str
    lang: str
    address: str
    title: str
    body: bytes
    text: str
    """The truth: what a reader would call the text, paragraphs joined by one newline."""
    author: str
    """Stands in the page and must be in no reading of it."""


WORDS = {
    "ru": {
        "home": "Главная", "news": "Новости", "society": "Общество", "police": "Происшествия", "economy": "Экономика",
        "also": "Читайте также", "comments": "Комментарии", "share": "Поделиться", "tags": "Теги", "author": "Автор",
        "photo": "Фото", "subscribe": "Подписывайтесь на наш канал в Telegram", "popular": "Популярное",
        "cookie": "Мы используем файлы cookie. Оставаясь на сайте, вы соглашаетесь с их обработкой.", "ok": "Принять",
        "rights": "Все права защищены. При перепечатке активная ссылка обязательна.", "ad": "Реклама",
        "views": "Просмотров", "error": "Нашли ошибку? Выделите её и нажмите Ctrl+Enter", "search": "Поиск",
        "blind": "Версия для слабовидящих", "contacts": "Контакты", "about": "О редакции", "caption": "Вид на город утром",
    },
    "kk": {
        "home": "Басты бет", "news": "Жаңалықтар", "society": "Қоғам", "police": "Оқиға", "economy": "Экономика",
        "also": "Сондай-ақ оқыңыз", "comments": "Пікірлер", "share": "Бөлісу", "tags": "Тегтер", "author": "Автор",
        "photo": "Сурет", "subscribe": "Telegram арнамызға жазылыңыз", "popular": "Көп оқылған",
        "cookie": "Біз cookie файлдарын қолданамыз. Сайтта қалсаңыз, оларды өңдеуге келісесіз.", "ok": "Қабылдау",
        "rights": "Барлық құқықтар қорғалған. Көшіріп басқанда сілтеме жасау міндетті.", "ad": "Жарнама",
        "views": "Қаралым", "error": "Қате тапсаңыз, белгілеп, Ctrl+Enter басыңыз", "search": "Іздеу",
        "blind": "Нашар көретіндерге арналған нұсқа", "contacts": "Байланыс", "about": "Редакция туралы",
        "caption": "Таңғы қала көрінісі",
    },
}  # fmt: skip
AUTHORS = {
    "ru": ("Марина Лозовая", "Тимур Сейткалиев", "Олжас Беркутов"),
    "kk": ("Айнұр Сәрсенқызы", "Дәулет Омаров", "Гүлсім Төлегенова"),
}
MONTHS = {
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "kk": [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
}
REMARKS = {
    "ru": ("Наконец-то, давно пора было этим заняться!", "А у нас на улице всё по-старому, никто не приезжал.",
           "Спасибо за новость, поделилась с соседями в чате."),
    "kk": ("Ақыры қолға алыпты, көптен күттік!", "Біздің көшеде әлі ештеңе өзгерген жоқ, ешкім келмеді.",
           "Жаңалыққа рақмет, көршілерге жібердім."),
}  # fmt: skip


class Scene(NamedTuple):
    """Everything that one page needs: its article and the noise around it."""

    article: Article
    others: list[Article]
    lang: str
    number: int
    chance: random.Random

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.lang]

    @property
    def author(self) -> str:
        return AUTHORS[self.lang][self.number % 3]

    @property
    def date(self) -> str:
        day, month = 1 + self.number * 5 % 28, self.number % 12
        name = MONTHS[self.lang][month]
        return (
            f"{day} {name} 2024, 1{self.number % 10}:15"
            if self.lang == "ru"
            else f"2024 жылғы {day} {name}, 09:4{self.number % 10}"
        )

    @property
    def iso(self) -> str:
        return f"2024-{self.number % 12 + 1:02}-{1 + self.number * 5 % 28:02}T10:15:00+05:00"


def articles() -> list[Article]:
    return [json.loads(line) for line in (SETS / "pages" / "texts.jsonl").read_text("utf-8").splitlines()]


def pages_of(site: str, count: int, seed: int = 0) -> list[Page]:
    """As many different pages of one site as asked for: paragraphs of the same texts in other selections."""
    design = DESIGNS[site]
    every = articles()
    found = []
    for number in range(count):
        chance = random.Random(f"{site}/{seed}/{number}")
        lang = ("ru", "kk")[number % 2]
        of_lang = [article for article in every if article["lang"] == lang]
        article = of_lang[(number // 2 + list(DESIGNS).index(site) * 2) % len(of_lang)]
        blocks = list(article["blocks"])
        if number >= PAGES_PER_SITE or seed:
            extra = chance.choice([other for other in of_lang if other is not article])["blocks"]
            blocks = [block for block in blocks if chance.random() < 0.8] + chance.sample(extra, 2)
        article = article | {"blocks": blocks}
        others = chance.sample([other for other in every if other["title"] != article["title"]], 10)
        scene = Scene(article, others, lang, number + seed * 100, chance)
        body = design(scene)
        found.append(
            Page(
                site=site,
                lang=lang,
                address=f"https://{site}.example/{lang}/news/{1000 + number + seed * 100}",
                title=article["title"],
                body=body,
                text="\n".join(line for block in blocks for line in _lines(block)),
                author=scene.author,
            )
        )
    return found


def _lines(block: dict[str, Any]) -> list[str]:
    kind, value = next(iter(block.items()))
    if kind == "list":
        return list(value)
    if kind == "table":
        return [cell for row in value for cell in row]
    return [value]


def _e(text: str) -> str:
    return html.escape(text, quote=False)


def _blocks(article: Article, paragraph: str = "<p>{}</p>") -> list[str]:
    out = []
    for block in article["blocks"]:
        kind, value = next(iter(block.items()))
        if kind == "list":
            out.append("<ul>" + "".join(f"<li>{_e(item)}</li>" for item in value) + "</ul>")
        elif kind == "table":
            rows = ("".join(f"<td>{_e(cell)}</td>" for cell in row) for row in value)
            out.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        elif kind == "quote":
            out.append(f"<blockquote>{paragraph.format(_e(value))}</blockquote>")
        elif kind == "h2":
            out.append(f"<h2>{_e(value)}</h2>")
        else:
            out.append(paragraph.format(_e(value)))
    return out


def _with_inserts(blocks: list[str], scene: Scene, insert: Callable[[int], str], every: int = 3) -> str:
    out: list[str] = []
    for index, block in enumerate(blocks, 1):
        out.append(block)
        if index % every == 0 and index < len(blocks):
            out.append(insert(index))
    return "\n".join(out)


def _cards(scene: Scene, card: str) -> str:
    return "".join(
        card.format(title=_e(other["title"]), teaser=_e(other["blocks"][0]["p"]), n=number)
        for number, other in enumerate(scene.others)
    )


def _menu(scene: Scene, item: str) -> str:
    return "".join(
        item.format(scene.words[key])
        for key in ("home", "news", "society", "police", "economy", "about", "contacts")
    )


def dala_vesti(scene: Scene) -> bytes:
    """A blog engine's theme with semantic names."""
    words, article = scene.words, scene.article
    other = scene.others[0]
    linked = json.dumps(
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": article["title"],
         "datePublished": scene.iso, "author": {"@type": "Person", "name": scene.author}},
        ensure_ascii=False,
    )  # fmt: skip
    text = _with_inserts(
        _blocks(article),
        scene,
        lambda n: (
            f'<div class="read-also"><b>{words["also"]}:</b> <a href="/n/{n}">{_e(other["title"])}</a></div>'
        ),
    )
    remarks = "".join(
        f'<li class="comment"><cite>user{n}</cite><p>{remark}</p></li>'
        for n, remark in enumerate(REMARKS[scene.lang])
    )
    return f"""<!DOCTYPE html><html lang="{scene.lang}"><head><meta charset="utf-8"><title>{_e(article["title"])} — Дала Вести</title>
<meta property="og:site_name" content="Дала Вести"><script type="application/ld+json">{linked}</script>
<style>.a{{color:red}}</style></head><body class="single single-post postid-{scene.number}">
<header class="site-header"><nav class="menu"><ul>{_menu(scene, "<li><a href='#'>{}</a></li>")}</ul></nav></header>
<main><article class="post post-{scene.number}"><h1 class="entry-title">{_e(article["title"])}</h1>
<div class="entry-meta"><time datetime="{scene.iso}">{scene.date}</time> <span class="byline">{words["author"]}: <a rel="author" href="#">{scene.author}</a></span></div>
<div class="entry-content">{text}</div>
<div class="share-buttons"><span>{words["share"]}:</span> <a href="#">Facebook</a> <a href="#">Telegram</a> <a href="#">WhatsApp</a></div>
<div class="post-tags">{words["tags"]}: <a href="#">{words["society"]}</a>, <a href="#">{words["police"]}</a></div></article>
<section id="comments"><h3>{words["comments"]} (3)</h3><ol class="comment-list">{remarks}</ol></section></main>
<aside class="widget-area">{_cards(scene, '<div class="widget"><h4><a href="/n/{n}">{title}</a></h4><p>{teaser}</p></div>')}</aside>
<footer class="site-footer"><p>© 2024 Дала Вести. {words["rights"]}</p></footer>
<div class="cookie-notice">{words["cookie"]} <button>{words["ok"]}</button></div></body></html>""".encode()


def qala_today(scene: Scene) -> bytes:
    """Divisions all the way down: no paragraph elements, names by block and element."""
    words, article = scene.words, scene.article
    other = scene.others[1]
    text = _with_inserts(
        _blocks(article, '<div class="news-detail__paragraph">{}</div>'),
        scene,
        lambda n: (
            f'<div class="news-detail__inset"><div class="inset__label">{words["also"]}</div><a class="inset__link" href="/{n}">{_e(other["title"])}</a></div>'
        ),
        every=4,
    )
    return f"""<!doctype html><html><head><meta charset="utf-8"><meta property="og:title" content="{_e(article["title"])}">
<title>{_e(article["title"])} | QALA TODAY</title><meta property="article:published_time" content="{scene.iso}"></head><body>
<div class="layout"><div class="topbar"><div class="topbar__menu">{_menu(scene, "<a class='topbar__link' href='#'>{}</a>")}</div>
<div class="topbar__search"><input placeholder="{words["search"]}"></div></div>
<div class="layout__columns"><div class="layout__main"><div class="news-detail"><h1 class="news-detail__title">{_e(article["title"])}</h1>
<div class="news-detail__info"><div class="news-detail__date">{scene.date}</div><div class="news-detail__views">{words["views"]}: {scene.number * 37 + 211}</div>
<div class="news-detail__author">{scene.author}</div></div>
<div class="news-detail__picture"><img src="/i.jpg" alt=""><div class="news-detail__caption">{words["caption"]}. {words["photo"]}: {scene.author}</div></div>
<div class="news-detail__text">{text}</div>
<div class="news-detail__error">{words["error"]}</div>
<div class="ad ad--wide"><div class="ad__label">{words["ad"]}</div><script>show({scene.number})</script></div></div>
<div class="feed"><div class="feed__title">{words["popular"]}</div>{_cards(scene, '<a class="feed__card" href="/{n}"><div class="feed__head">{title}</div><div class="feed__lead">{teaser}</div></a>')}</div>
</div></div><div class="bottom"><div class="bottom__rights">{words["rights"]}</div></div>
<div class="consent">{words["cookie"]}</div></div></body></html>""".encode()


def kenes(scene: Scene) -> bytes:
    """A site of tables and line breaks, in a one-byte charset that its declaration names only half right."""
    words, article = scene.words, scene.article
    parts = []
    for block in article["blocks"]:
        kind, value = next(iter(block.items()))
        if kind == "table":
            parts.append("<br>".join(_e(cell) for row in value for cell in row))
        elif kind == "list":
            parts.append("<br>".join(f"{_e(item)}" for item in value))
        elif kind == "h2":
            parts.append(f"<b>{_e(value)}</b>")
        else:
            parts.append(_e(value))
    menu = _menu(scene, "<tr><td class=menu><a href='#'>{}</a></td></tr>")
    cards = _cards(scene, '<tr><td class=small><a href="/{n}.html">{title}</a></td></tr>')
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">
<title>{_e(article["title"])}</title></head><body bgcolor="#ffffff"><table width="100%"><tr><td class=logo colspan=3>КЕҢЕС</td></tr><tr>
<td class=left valign=top><table>{menu}</table></td>
<td class=center valign=top><h1>{_e(article["title"])}</h1><div class=stamp>{scene.date}</div>
<div class=maintext>{"<br><br>".join(parts)}<br><br><i>{scene.author}</i></div>
<div class=printer><a href="#">{words["share"]}</a></div></td>
<td class=right valign=top><table><tr><td class=head>{words["popular"]}</td></tr>{cards}</table></td></tr>
<tr><td class=foot colspan=3>{words["rights"]}</td></tr></table></body></html>"""
    return page.encode("cp1251" if scene.lang == "ru" else "kz1048", "xmlcharrefreplace")


def ulys_media(scene: Scene) -> bytes:
    """A long read cut into sections by adverts, with pictures, an infobox and an author's box."""
    words, article = scene.words, scene.article
    blocks = _blocks(article)
    sections = [
        f'<section class="chunk">{"".join(blocks[start : start + 3])}</section>'
        for start in range(0, len(blocks), 3)
    ]
    advert = f'<div class="adv-slot" id="slot"><small>{words["ad"]}</small><div>{_e(scene.others[2]["title"])}</div></div>'
    inset = f'<p class="also"><strong>{words["also"]}: <a href="/x">{_e(scene.others[3]["title"])}</a></strong></p>'
    figure = f'<figure><img src="/p.jpg"><figcaption>{words["caption"]}. {words["photo"]}: {scene.author}</figcaption></figure>'
    sections[0] = sections[0].replace("</p>", f"</p>{inset}", 1)
    facts = "".join(f"<li>{_e(other['title'])}</li>" for other in scene.others[4:7])
    return f"""<!DOCTYPE html><html lang="{scene.lang}-KZ"><head><meta charset="UTF-8"><title>Ulys Media: {_e(article["title"])}</title>
<meta name="og:site_name" content="Ulys Media"></head><body><div class="page">
<div class="head"><ul class="nav">{_menu(scene, "<li>{}</li>")}</ul></div>
<div class="story"><div class="story-top"><h1>{_e(article["title"])}</h1><div class="when">{scene.date}</div></div>
<div class="story-share"><a href="#">VK</a><a href="#">X</a></div>{figure}
<div class="story-body">{advert.join(sections)}
<aside class="infobox"><h5>{words["popular"]}</h5><ul>{facts}</ul></aside>
<p class="tg"><a href="https://t.me/ulys_media_example">{words["subscribe"]}</a></p></div>
<div class="author-box"><img src="/a.jpg"><div class="author-name">{scene.author}</div><div>{words["author"]}</div></div></div>
<div class="recommend"><h3>{words["popular"]}</h3>{_cards(scene, '<div class="card"><a href="/{n}"><h4>{title}</h4></a><p>{teaser}</p></div>')}</div>
<div class="discussion"><h3>{words["comments"]}</h3>{"".join(f'<div class="msg"><p>{remark}</p></div>' for remark in REMARKS[scene.lang])}</div>
<div class="base"><p>{words["rights"]}</p><p>{words["about"]} | {words["contacts"]}</p></div></div></body></html>""".encode()


def bilik_press(scene: Scene) -> bytes:
    """A state body's site: few names, a visible date line, long menus, a list of documents."""
    words, article = scene.words, scene.article
    menu = _menu(
        scene, "<li><a href='#'>{}</a><ul><li><a href='#'>1</a></li><li><a href='#'>2</a></li></ul></li>"
    )
    documents = _cards(scene, "<li><a href='/doc/{n}'>{title} (PDF)</a></li>")
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{_e(article["title"])}</title></head><body>
<div id="special"><a href="#">{words["blind"]}</a></div><div id="menu"><ul>{menu}{menu}</ul></div>
<div id="wrap"><div id="side"><ul>{documents}</ul></div>
<div id="content"><h1>{_e(article["title"])}</h1><p class="date">{scene.date}</p>
<div class="inner">{"".join(_blocks(article))}<p>{words["author"]}: {scene.author}</p></div>
<div class="share">{words["share"]}</div></div></div>
<div id="bottom"><p>{words["rights"]}</p><p>{words["contacts"]}: 010000</p></div></body></html>""".encode()


DESIGNS: dict[str, Callable[[Scene], bytes]] = {
    "dala-vesti": dala_vesti,
    "qala-today": qala_today,
    "kenes": kenes,
    "ulys-media": ulys_media,
    "bilik-press": bilik_press,
}


def write() -> int:
    """Number of pages written."""
    rows = []
    for site in DESIGNS:
        for number, page in enumerate(pages_of(site, PAGES_PER_SITE), 1):
            name = f"{site}-{number}.html.gz"
            (SETS / "pages" / name).write_bytes(gzip.compress(page.body, 9, mtime=0))
            rows.append(
                {"id": f"{site}-{number}", "lang": page.lang, "html_path": f"pages/{name}", "text": page.text}
            )
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (SETS / "extraction.jsonl").write_text("".join(lines), "utf-8")
    return len(rows)


if __name__ == "__main__":
    print(f"{write()} pages written")
