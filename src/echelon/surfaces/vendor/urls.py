"""Addresses of the vendor's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.vendor import home, partners, people

app_name = "vendor"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("partners/", partners.listed, name="partners"),
    path("partners/export/", partners.exported, name="partners-export"),
    path("partners/save/", partners.saved, name="partners-save"),
    path("partners/new/", partners.added, name="partner-new"),
    path("partners/<uuid:partner>/", partners.detail, name="partner"),
    path("partners/<uuid:partner>/edit/", partners.edited, name="partner-edit"),
    path("partners/<uuid:partner>/people/", people.listed, name="partner-people"),
    path("partners/<uuid:partner>/people/invite/", people.invited, name="partner-invite"),
    path(
        "partners/<uuid:partner>/people/<uuid:person>/left/",
        people.left,
        name="partner-person-left",
    ),
]
