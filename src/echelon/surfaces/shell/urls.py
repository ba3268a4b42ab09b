"""Addresses of what all share: the door, signing in, invitations."""

from __future__ import annotations

from allauth.account import views as account
from allauth.usersessions.views import list_usersessions
from django.urls import URLPattern, URLResolver, include, path, re_path

from echelon.surfaces.shell import badges, own, views

#: Of allauth, what a closed house needs: no signing up, no second address.
SIGN_IN = [
    path("", account.login, name="account_login"),
    path("up/", account.signup, name="account_signup"),  # says that nobody can
    path("out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("reset/", account.password_reset, name="account_reset_password"),
    path("reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second/", include("allauth.mfa.urls")),
    path("sessions/", list_usersessions, name="usersessions_list"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in/", include(SIGN_IN)),
    path("account/", own.settings, name="own-settings"),
    path("language/", own.language, name="language"),
    path("invitation/", views.invitation, name="invitation"),
    path("badges/<slug:tier>/", badges.badge, name="badge"),
]
