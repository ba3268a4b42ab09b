"""Brings the catalogues of the pages' languages up to date: `python -m tools.words`.

Reads all texts that are marked, adds them to each `locale/<language>/LC_MESSAGES/django.po`, and
makes of it the `django.mo` that is read while pages are served. What it prints last is how many
texts each language still lacks; those are shown in English.
"""

import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
HOME = ROOT / "src" / "echelon"
LANGUAGES = ("de",)
#: Stands in what is compiled, so that the same words give the same file.
DATED = datetime(2026, 1, 1, tzinfo=UTC)
#: What marks a text: which argument it is, and of which its context.
MARKS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: Lines of a catalogue's head that change where no word does.
_DATED = re.compile(r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By): .*\\n"\n')


def path_of(language: str) -> Path:
    """Where the words of a language are."""
    return HOME / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """Read the words of a language."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def marked() -> Catalog:
    """Every text that Python files and templates mark."""
    found = Catalog()
    for path in sorted(HOME.rglob("*")):
        if path.suffix == ".py":
            source = path.read_bytes()
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            source = templatize(path.read_text(encoding="utf-8")).encode()
        else:
            continue
        for _line, text, _comments, context in extract("python", BytesIO(source), MARKS):
            found.add(text, context=context)
    return found


def gather(language: str, texts: Catalog) -> None:
    """Add what is marked to a language's catalogue, and drop what is marked no more."""
    words, written = catalogue(language), BytesIO()
    words.update(texts, no_fuzzy_matching=True)
    write_po(written, words, width=0, no_location=True, ignore_obsolete=True)
    path_of(language).write_text(_DATED.sub("", written.getvalue().decode()), encoding="utf-8")


def compiled(language: str) -> bytes:
    """Return the file that is read while serving."""
    words, written = catalogue(language), BytesIO()
    words.creation_date = words.revision_date = DATED
    write_mo(written, words)
    return written.getvalue()


def lacking(language: str) -> list[str]:
    """Return the texts that have no words yet, or only some of their forms."""
    words = catalogue(language)
    return [
        str(each.id)
        for each in marked()
        if each.id and not _whole(words.get(each.id, each.context))
    ]


def _whole(said: Message | None) -> bool:
    forms = said.string if said else ""
    return all(forms) if isinstance(forms, (tuple, list)) else bool(forms)


def main() -> int:
    """Gather and compile."""
    texts = marked()
    for language in LANGUAGES:
        gather(language, texts)
        path_of(language).with_suffix(".mo").write_bytes(compiled(language))
        print(f"{language}: {len(lacking(language))} texts have no words yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
