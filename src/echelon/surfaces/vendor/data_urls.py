"""Addresses of what was loaded: imports, facts, their kinds, references and rates."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from echelon.surfaces.vendor import facts, kinds, rates

urlpatterns: list[URLPattern | URLResolver] = [
    path("", kinds.listed, name="data"),
    path("kinds/new/", kinds.added, name="kind-new"),
    path("kinds/<slug:kind>/", kinds.detail, name="kind"),
    path("kinds/<slug:kind>/example/", kinds.example, name="kind-example"),
    path("facts/", facts.listed, name="facts"),
    path("facts/<int:fact>/", facts.detail, name="fact"),
    path("facts/<int:fact>/withdraw/", facts.withdrawn, name="fact-withdraw"),
    path("references/", rates.things, name="references"),
    path("references/load/", rates.things_loaded, name="references-load"),
    path("rates/", rates.listed, name="rates"),
    path("rates/load/", rates.loaded, name="rates-load"),
    path("rates/add/", rates.added, name="rates-add"),
    path("imports/", include("echelon.surfaces.shell.import_urls")),
]
