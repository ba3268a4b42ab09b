"""Addresses of the vendor's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from echelon.surfaces.vendor import enrollments, home, partners, people, programs

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
    path("programs/", programs.listed, name="programs"),
    path("programs/new/", programs.added, name="program-new"),
    path("programs/<uuid:program>/", programs.detail, name="program"),
    path("programs/<uuid:program>/draft/", programs.drafted, name="program-draft"),
    path("versions/<uuid:version>/", programs.version, name="version"),
    path("versions/<uuid:version>/edit/", programs.edited, name="version-edit"),
    path("versions/<uuid:version>/publish/", programs.published, name="version-publish"),
    path("versions/<uuid:version>/withdraw/", programs.withdrawn, name="version-withdraw"),
    path("partners/<uuid:partner>/enroll/", enrollments.added, name="partner-enroll"),
    path("enrollments/", enrollments.listed, name="enrollments"),
    path("enrollments/<uuid:enrollment>/", enrollments.detail, name="enrollment"),
    path("enrollments/<uuid:enrollment>/decide/", enrollments.decided, name="enrollment-decide"),
]
