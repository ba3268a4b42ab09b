"""All addresses: one line a surface."""

from __future__ import annotations

from django.urls import include, path

from echelon.config import health

urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("vendor/", include("echelon.surfaces.vendor.urls")),
    path("portal/", include("echelon.surfaces.portal.urls")),
    path("api/", include("echelon.surfaces.api.urls")),
    path("", include("echelon.surfaces.shell.urls")),
]

handler404 = "echelon.surfaces.shell.views.not_found"
handler500 = "echelon.surfaces.shell.views.failed"
