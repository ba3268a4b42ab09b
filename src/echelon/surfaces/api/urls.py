"""Addresses of this surface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import PathConverter

from echelon.surfaces.api import reference
from echelon.surfaces.api.v1 import api


class AnythingConverter(PathConverter):
    """What is left of an address, line breaks too: they aren't of `path`."""

    regex = "(?s:.+)"


register_converter(AnythingConverter, "anything")

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/reference", reference.shown, name="api-reference"),
    path("v1/", api.urls),
    path("<anything:elsewhere>", reference.nothing),
]
