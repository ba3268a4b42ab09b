"""What a page says to a reader: its text without the markup."""

import html
import re

from django.test import Client

from echelon.foundation.accounts.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def said(answer: object) -> str:
    """The words of the main part of a page, single spaces between them."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    main = re.search(r"<main.*?</main>", text, re.S)
    words = re.sub(r"<[^>]+>", " ", main[0] if main else text)
    return " ".join(html.unescape(words).split())
