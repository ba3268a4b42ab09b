"""Every word of a page can be said in another language: in a made-up one, no English is left.

The pages are those of the isolation tests: each address by GET, in a world whose own texts are
canaries. Templates and refusals are read as they are written too: a page shows some states only.
"""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.translation import trans_real

import echelon
from echelon.foundation.accounts.models import User
from tests.echelon.isolation.addresses import LINES
from tests.echelon.isolation.asking import ask
from tests.echelon.isolation.matrix import slots

pytestmark = pytest.mark.django_db
MADE_UP = "io"  # one for which Django has words and no formats
ROOT = Path(echelon.__file__).parent
#: Said as they are in every language: names of things, of files, of formats.
NAMES = frozenset("Echelon CSV Excel XLSX YAML JSON API UTC PDF EUR Deutsch English".split())
#: What the world's documents and keys say.
DATA = ("Revenue", "silver", "trailing 12 months", "narrow_key", "revoked_key", "key", "number")
#: What these hold is data, or a text for machines.
QUIET = frozenset("script style code pre bdi textarea svg title".split())
SPOKEN = frozenset("aria-label title placeholder alt".split())
#: What says something to a reader.
SAYING = re.compile(r"(\w*Refused|messages\.\w+|.*\.add_error|(forms\.)?ValidationError)$")
VOID = frozenset("input img br hr meta link use rect line path circle col".split())


class MadeUp:
    """A language in which every text stands in brackets."""

    def to_language(self):
        return MADE_UP

    def language(self):
        return MADE_UP

    def gettext(self, text):
        said = text.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
        return f"⟦{said}⟧" if said else said

    def ngettext(self, one, many, number):
        return self.gettext(one if number == 1 else many)


class Words(HTMLParser):
    """The words of a page that somebody reads or hears, as far as they aren't data."""

    def __init__(self):
        super().__init__()
        self.quiet, self.said, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        named = dict(attrs).get("name")
        begins = (tag in QUIET or named in {"time_zone", "country"}) and tag not in VOID
        if begins or (self.quiet and tag == self.quiet[-1]):
            self.quiet.append(tag)
        if not self.quiet:
            self.said += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        if self.quiet and tag == self.quiet[-1]:
            self.quiet.pop()

    def handle_data(self, data):
        if not self.quiet:
            self.text += f"{data}\n"


def left(text, data=()):
    """What is left of a page without what stands in brackets, and without data."""
    parser = Words()
    parser.feed(text)
    found = []
    for said in [*parser.said, *unbracketed(parser.text).split("\n")]:
        said = unbracketed(said)
        said = re.sub(r"\S*zq[a-y]+z\S*", " ", said, flags=re.I)
        for known in data:
            said = said.replace(known, " ")
        said = re.sub(r"\S+[@_.]\w\S*", " ", said)
        words = [word for word in re.findall(r"[^\W\d_]{2,}", said) if word not in NAMES]
        if words:
            found.append(" ".join(said.split()))
    return found


def unbracketed(text):
    """A text without what stands in brackets, also brackets in brackets."""
    shorter, before = text, None
    while shorter != before:
        before, shorter = shorter, re.sub(r"⟦[^⟦⟧]*⟧", " ", shorter)
    return shorter


@pytest.fixture
def made_up(monkeypatch, world):
    monkeypatch.setitem(trans_real._translations, MADE_UP, MadeUp())
    User.objects.update(language=MADE_UP)
    names = User.objects.values_list("name", flat=True)
    yield sorted([*DATA, *names], key=len, reverse=True)
    User.objects.update(language="")


@pytest.mark.parametrize(("surface", "role"), [("vendor/", "vendor_admin"), ("portal/", "admin")])
def test_no_page_says_a_word_that_cannot_be_translated(world, made_up, surface, role):
    english, pages = {}, 0
    for (address, method), line in LINES.items():
        if method != "GET" or not address.startswith((surface, "account/")):
            continue
        own = dict.fromkeys(slots(address, line, world.nouns()), "own")
        answer = ask(world, role, address, "GET", line, own, "own")
        if answer.status == 200 and "text/html" in answer.headers[0]:
            pages += 1
            if found := left(answer.whole.partition("<!doctype html>")[2], made_up):
                english[address] = found
    assert not english, "\n".join(f"{k} {v}" for k, v in english.items())
    assert pages > 5


def test_english_that_is_left_is_found():
    page = (
        '<p>⟦Saved ⟦twice⟧⟧ and more <code>x</code></p><img alt="A badge"><b>zqownzpartnerzname</b>'
    )
    assert left(page) == ["A badge", "and more"]


@pytest.mark.parametrize(
    "template", sorted(ROOT.rglob("templates/**/*.html")), ids=lambda path: path.name
)
def test_each_text_of_a_template_is_marked(template):
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"\{% ?comment ?%\}.*?\{% ?endcomment ?%\}|\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{% block body_class %\}.*?\{%", "{%", text)
    text = text.replace(' aria-current="page"', "")
    text = re.sub(r"\{% ?blocktrans.*?endblocktrans\w* ?%\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    assert left(text) == []


def literals(node):
    """Texts that are given as they are, where a translated one belongs."""
    return [
        each.value
        for each in node.args
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and " " in each.value
    ]


def test_each_refusal_and_each_message_is_marked():
    found = []
    for path in sorted((ROOT / "surfaces").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and SAYING.match(ast.unparse(node.func)):
                found += [f"{path.name}:{node.lineno} {said}" for said in literals(node)]
    assert found == []
