"""What Telegram takes as a text and as buttons: stricter than Telegram, so that nothing passes here and fails there."""

import html
import json
import re
from typing import Any

LONGEST, LONGEST_CAPTION, LONGEST_DATA, MOST_BUTTONS = 4096, 1024, 64, 100
PLAIN_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler"}
PIECE = re.compile(
    r"<(/?)([a-z-]+)((?:\s+[a-z]+(?:=\"[^\"<>]*\")?)*)\s*>|&(#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);|([^<>&]+)"
)
HREF = re.compile(r"\s+href=\"([^\"]+)\"")
URL = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#].*)?", re.ASCII)
ALONE = {"code", "pre"}  # nothing can be within these


class Bad(Exception):
    """An answer of the API that is an error."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parsed(text: str) -> tuple[str, list[str]]:
    """The text that is seen, and the tags in it. Raises Bad for HTML that Telegram would not take."""
    seen, tags, open_, place = [], [], [], 0
    for found in PIECE.finditer(text):
        if found.start() != place:
            raise _cannot(f"unexpected character at {place}: {text[place : place + 10]!r}")
        place = found.end()
        closes, tag, attributes, entity, words = found.groups()
        if tag:
            _tag(open_, tags, closes, tag, attributes or "")
        else:
            seen.append(html.unescape(f"&{entity};") if entity else words)
    if place != len(text):
        raise _cannot(f"unexpected character at {place}: {text[place : place + 10]!r}")
    if open_:
        raise _cannot(f"can't find end tag corresponding to start tag {open_[-1]}")
    return "".join(seen), tags


def _tag(open_: list[str], tags: list[str], closes: str, tag: str, attributes: str) -> None:
    if closes:
        if not open_ or open_.pop() != tag:
            raise _cannot(f"unmatched end tag {tag}")
        return
    if tag == "a":
        if not HREF.fullmatch(attributes):
            raise _cannot(f"a link without an address: {attributes}")
    elif tag not in PLAIN_TAGS or attributes.strip():
        raise _cannot(f'unsupported start tag "{tag}{attributes}"')
    if set(open_) & ALONE or tag in open_ or (tag == "pre" and "blockquote" in open_):
        raise _cannot(f"{tag} within {open_}")
    open_.append(tag)
    tags.append(tag + attributes)


def _cannot(why: str) -> Bad:
    return Bad(400, f"Bad Request: can't parse entities: {why}")


def text(given: dict[str, str], name: str = "text", longest: int = LONGEST) -> tuple[str, list[str]]:
    """What a message will show. Raises Bad."""
    said = given.get(name, "")
    try:
        said.encode()
    except UnicodeEncodeError:
        raise Bad(400, "Bad Request: strings must be encoded in UTF-8") from None
    if "\0" in said:
        raise Bad(400, "Bad Request: strings must not contain zeros")
    mode = given.get("parse_mode", "")
    if mode not in {"", "HTML"}:
        raise Bad(400, f"Bad Request: unsupported parse_mode {mode}")
    seen, tags = parsed(said) if mode else (said, [])
    if not seen.strip():
        raise Bad(400, "Bad Request: message text is empty")
    if units(seen) > longest:
        raise Bad(400, "Bad Request: message is too long")
    return seen.strip(), tags


def markup(given: dict[str, str]) -> list[list[dict[str, str]]]:
    """The buttons below a message. Raises Bad."""
    if not (raw := given.get("reply_markup")):
        return []
    read = json.loads(raw)
    if "force_reply" in read:
        return []
    rows = read["inline_keyboard"]
    for one in [button for row in rows for button in row]:
        _button(one)
    if not rows or not all(rows) or sum(len(row) for row in rows) > MOST_BUTTONS:
        raise Bad(400, "Bad Request: reply markup is empty or too long")
    return rows


def _button(one: dict[str, str]) -> None:
    if not one.get("text", "").strip():
        raise Bad(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    if ("url" in one) == ("callback_data" in one) or set(one) - {"text", "url", "callback_data"}:
        raise Bad(400, "Bad Request: a button does exactly one thing")
    if "url" in one and not URL.fullmatch(one["url"]):
        raise Bad(400, f"Bad Request: inline keyboard button URL '{one['url']}' is invalid: Wrong HTTP URL")
    if "callback_data" in one and not 0 < len(one["callback_data"].encode()) <= LONGEST_DATA:
        raise Bad(400, "Bad Request: BUTTON_DATA_INVALID")
