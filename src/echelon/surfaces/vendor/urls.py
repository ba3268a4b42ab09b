"""Addresses of the vendor's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.vendor import home

app_name = "vendor"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
]
