"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.portal import home

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
]
