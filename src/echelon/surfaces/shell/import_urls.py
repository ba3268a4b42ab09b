"""Addresses of imports, on each surface whose people load facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.shell import import_mapping, import_rows, imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("", imports.listed, name="imports"),
    path("new/", imports.added, name="import-new"),
    path("<uuid:batch>/", imports.detail, name="import"),
    path("<uuid:batch>/map/", import_mapping.mapped, name="import-map"),
    path("<uuid:batch>/rows/", import_rows.mended, name="import-rows"),
    path("<uuid:batch>/rows/<str:form>/", import_rows.returned, name="import-rows-returned"),
    path("<uuid:batch>/commit/", imports.committed, name="import-commit"),
    path("<uuid:batch>/drop/", imports.dropped, name="import-drop"),
    path("<uuid:batch>/again/", imports.tried_again, name="import-again"),
    path("<uuid:batch>/undo/", imports.undone, name="import-undo"),
]
