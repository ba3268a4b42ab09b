"""Every answer keeps the policy; a page that isn't there says nothing about what is."""

import re

import pytest
from django.test import Client, RequestFactory

from echelon.foundation.access import Role
from echelon.surfaces.shell.views import failed
from tests.factories.partners import staff

pytestmark = pytest.mark.django_db


def test_no_script_and_no_style_stands_in_a_page():
    answer = Client().get("/sign-in/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)


def test_a_page_that_is_not_there_is_the_same_for_everybody():
    client = Client()
    client.force_login(staff(Role.FINANCE))
    answer = client.get("/vendor/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_an_error_names_the_request():
    request = RequestFactory().get("/vendor/")
    request.name = "0123456789ab"
    answer = failed(request)
    assert answer.status_code == 500
    assert "0123456789ab" in answer.content.decode()


def test_what_a_first_page_loads_is_small(require):
    """Compressed, as browsers get it: all styles and scripts of the layout."""
    require("pages")
    text = Client().get("/sign-in/").content.decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))\?', text)
    client = Client(headers={"Accept-Encoding": "gzip"})
    answers = {file: client.get(file) for file in set(files)}
    assert {file: answer.status_code for file, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    sizes = {file: len(answer.getvalue()) for file, answer in answers.items()}
    assert len(sizes) >= 5
    assert sum(sizes.values()) < 150_000, sizes
