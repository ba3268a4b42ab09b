"""Django's settings: what is installed and how it is wired. Values come from `environment`."""

from __future__ import annotations

from pathlib import Path

from echelon.config import environment

DEBUG = environment.flag("ECHELON_DEBUG")
SECRET_KEY = environment.secret()
ALLOWED_HOSTS = environment.words("ECHELON_HOSTS", "localhost,127.0.0.1,[::1]")
#: One vendor, one database. Cache keys, file paths and job queues carry this name.
VENDOR = environment.words("ECHELON_VENDOR", "vendor")[0]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "echelon.surfaces.shell",  # before allauth: the same names of templates, ours first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "echelon.foundation.access",
    "echelon.foundation.jobs",
    "echelon.foundation.outbox",
    "echelon.foundation.audit",
    "echelon.foundation.files",
    "echelon.foundation.accounts",
    "echelon.foundation.approvals",
    "echelon.records.partners",
    "echelon.records.programs",
    "echelon.records.facts",
    "echelon.records.enrollments",
    "echelon.outcomes.standings",
    "echelon.surfaces.vendor",
    "echelon.surfaces.portal",
    "echelon.surfaces.api",
    "echelon.config.apps.Wiring",
]
MIDDLEWARE = [
    "echelon.config.requests.RequestNameMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "echelon.config.showing.ShowingMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "echelon.config.scoping.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "echelon.config.urls"
WSGI_APPLICATION = "echelon.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "echelon.surfaces.shell.context.page",
            ],
        },
    },
]

#: Where workers in other processes hear of new jobs; empty: the server does its own work.
JOBS_URL = environment.jobs()
#: Of the API: calls a minute for each caller, bytes of a body, hours for which answers are kept.
API_CALLS_A_MINUTE = environment.count("ECHELON_API_CALLS", 600)
API_BODY_BYTES = environment.count("ECHELON_API_BODY", 8) << 20
API_ANSWERS_KEPT_HOURS = 24
DATA_UPLOAD_MAX_MEMORY_SIZE = API_BODY_BYTES
#: How many jobs a process does at a time.
JOBS_THREADS = environment.count("ECHELON_JOBS_THREADS", 2)

DATABASES = {"default": {**environment.database(), "ATOMIC_REQUESTS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
#: Limits of tries are counted here: several processes need one that they share.
CACHES = {"default": environment.cache(JOBS_URL, prefix=VENDOR)}
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
FORM_RENDERER = "echelon.surfaces.shell.appearance.Forms"
CSRF_FAILURE_VIEW = "echelon.surfaces.shell.views.refused"

#: Signing in: by mail address, with a password or a passkey; accounts come by invitation.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "echelon.surfaces.shell.signing_in.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever has accepted an invitation has read that mail
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "echelon.surfaces.shell.signing_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

globals().update(environment.mail())
#: What links in mails begin with.
ADDRESS = environment.address()

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
#: One catalogue for all rooms; `python -m tools.words` brings it up to date.
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]
FORMAT_MODULE_PATH = "echelon.config.formats"
USE_I18N = True
STATIC_URL = "/static/"
#: Served from where the packages have them. Ours are named with a digest (`shell.asset`), so that
#: browsers may keep them for good.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(fetched|shell)/"
#: The engine's store of facts, and whatever else can be made anew.
CACHE_FOLDER = environment.home() / "cache" / VENDOR
FILES_FOLDER = environment.home() / "files" / VENDOR
#: The heads of the audit's chains, outside the database. Copy them elsewhere.
AUDIT_FOLDER = environment.home() / "audit" / VENDOR

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
#: Nothing runs but our own files: no script and no style in a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
#: Asked for by machines that know neither name nor certificate.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
#: Browsers' own lists of HTTPS-only names are for whoever owns the whole domain to join.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if environment.flag("ECHELON_HTTPS"):
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # or limits of tries would count all who come by the proxy

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "echelon.config.requests.RequestName"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s [%(request_name)s] %(name)s: %(message)s"}
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["request"], "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": environment.level()},
    "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
}
