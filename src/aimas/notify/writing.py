"""A message as plain text and as HTML; what a publication says is always escaped."""

from html import escape

from aimas.alerts import Item, Message


def plain(message: Message) -> str:
    lines = [message.why]
    if message.baseline:
        lines += [message.baseline]
    lines += ["", f"{message.link_said}:", message.link]
    if message.items:
        lines += ["", f"{message.items_title}:"]
    for item in message.items:
        lines += ["", f"• {item.title}", f"  {_about(item)}", f"  {item.link}"]
    if message.more:
        lines += ["", message.more]
    lines += [
        "",
        f"{message.alert_said}: {message.alert_link}",
        f"{message.mute}: {message.mute_link}",
        "",
        message.note,
    ]
    return "\n".join(lines) + "\n"


def html(message: Message) -> str:
    items = "".join(
        f'<li><p style="margin:0 0 .2em"><a href="{escape(i.link)}"><b>{escape(i.title)}</b></a></p>'
        f'<p style="margin:0 0 .9em;color:#505b69">{escape(_about(i))}</p></li>'
        for i in message.items
    )
    listed = f"<h2>{escape(message.items_title)}</h2><ul>{items}</ul>" if items else ""
    more = f"<p>{escape(message.more)}</p>" if message.more else ""
    baseline = f"<p>{escape(message.baseline)}</p>" if message.baseline else ""
    return (
        f'<!doctype html><html lang="{message.language}"><meta charset="utf-8"><title>{escape(message.subject)}</title>'
        '<body style="font:16px/1.5 sans-serif;color:#18212c;max-width:40em">'
        f"<h1>{escape(message.subject)}</h1><p>{escape(message.why)}</p>{baseline}"
        f'<p><a href="{escape(message.link)}">{escape(message.link_said)}</a></p>{listed}{more}'
        f'<p><a href="{escape(message.alert_link)}">{escape(message.alert_said)}</a> · '
        f'<a href="{escape(message.mute_link)}">{escape(message.mute)}</a></p>'
        f'<p style="color:#505b69">{escape(message.note)}</p></body></html>'
    )


def _about(item: Item) -> str:
    words = ", ".join(f"«{w}»" for w in item.words)
    tone = f"{item.tone_said}: {words}" if words else item.tone_said
    return " · ".join(part for part in (item.source, item.when, tone) if part)
