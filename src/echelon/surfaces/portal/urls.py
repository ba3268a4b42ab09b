"""Addresses of the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from echelon.surfaces.portal import (
    company,
    counted,
    enrollments,
    home,
    people,
    programs,
    timeline,
    viewing,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("programs/", programs.listed, name="programs"),
    path("programs/<uuid:program>/", programs.detail, name="program"),
    path("programs/<uuid:program>/apply/", programs.applied, name="apply"),
    path("programs/<uuid:program>/counted/", counted.shown, name="counted"),
    path("programs/<uuid:program>/counted/file/", counted.file, name="counted-file"),
    path("enrollments/<uuid:enrollment>/", enrollments.detail, name="enrollment"),
    path("enrollments/<uuid:enrollment>/accept/", enrollments.accepted, name="accept"),
    path("enrollments/<uuid:enrollment>/decline/", enrollments.declined, name="decline"),
    path("timeline/", timeline.shown, name="timeline"),
    path("people/", people.listed, name="people"),
    path("people/invite/", people.invited, name="invite"),
    path("people/<uuid:person>/role/", people.role_given, name="person-role"),
    path("people/<uuid:person>/left/", people.left, name="person-left"),
    path("invitations/<uuid:invitation>/again/", people.again, name="invite-again"),
    path("company/", company.own, name="company"),
    path("company/edit/", company.edited, name="company-edit"),
    path("companies/", company.listed, name="companies"),
    path("companies/<uuid:partner>/", company.detail, name="company-below"),
    path("viewing/end/", viewing.ended, name="viewing-end"),
    path("data/", include("echelon.surfaces.shell.import_urls")),
]
