"""Addresses of this surface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.api import reference
from echelon.surfaces.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/reference", reference.shown, name="api-reference"),
    path("v1/", api.urls),
    path("<path:elsewhere>", reference.nothing),
]
