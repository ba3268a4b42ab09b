"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.portal import home, people

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("enrollments/<uuid:enrollment>/accept/", home.accepted, name="accept"),
    path("people/", people.listed, name="people"),
]
