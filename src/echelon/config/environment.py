"""Settings from the environment: one place where a variable becomes a value, with its default."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


def home() -> Path:
    """Return the folder that holds all that this vendor has: `ECHELON_HOME`."""
    given = os.environ.get("ECHELON_HOME")
    return Path(given).expanduser().absolute() if given else Path.cwd() / "echelon-data"


def flag(name: str) -> bool:
    """Whether a variable says yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Return a variable's words between commas."""
    return [word for word in os.environ.get(name, default).replace(" ", "").split(",") if word]


def count(name: str, default: int) -> int:
    """Return a variable that counts something: a whole number, 1 or more."""
    given = os.environ.get(name, "") or str(default)
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"{name}: {given!r} is no whole number from 1 on")
    return int(given)


def secret() -> str:
    """Return the key that signs sessions: given, or made once and kept in the home folder."""
    if given := os.environ.get("ECHELON_SECRET"):
        return given
    path = home() / "secret"
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(48)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with open(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(made)
        except FileExistsError:  # another process was quicker
            return path.read_text("utf-8")
        return made


def database() -> dict[str, object]:
    """Return Django's settings of the database: SQLite in the home folder, or `DATABASE_URL`."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home() / "echelon.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            "TEST": {"NAME": os.environ.get("ECHELON_TEST_SQLITE") or None},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL: {parts.scheme!r} is no database that can be used here")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def jobs() -> str:
    """Return `ECHELON_JOBS_URL`: Redis, or the PostgreSQL of `DATABASE_URL`, calls workers."""
    url = os.environ.get("ECHELON_JOBS_URL", "")
    scheme = urlsplit(url).scheme
    if url and scheme not in {"redis", "rediss", "postgres", "postgresql"}:
        raise ValueError(f"ECHELON_JOBS_URL: {scheme!r} calls no workers; redis or postgresql do")
    if scheme.startswith("postgres") and not os.environ.get("DATABASE_URL", ""):
        raise ValueError(
            "ECHELON_JOBS_URL: PostgreSQL calls only for what DATABASE_URL keeps there"
        )
    return url


def cache(jobs_url: str, prefix: str) -> dict[str, object]:
    """Return Django's settings of the cache: Redis by `ECHELON_CACHE_URL`, else this process."""
    url = os.environ.get("ECHELON_CACHE_URL", "")
    if url and urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ValueError(f"ECHELON_CACHE_URL: {urlsplit(url).scheme!r} is no cache; redis is")
    url = url or (jobs_url if jobs_url.startswith("redis") else "")
    if url:
        backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    else:
        backend = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {**backend, "KEY_PREFIX": prefix}


def mail() -> dict[str, object]:
    """Return how mail leaves: by the server of `ECHELON_MAIL_URL`, else as files in the home."""
    sender = os.environ.get("ECHELON_MAIL_FROM", "") or "Echelon <echelon@localhost>"
    url = os.environ.get("ECHELON_MAIL_URL", "")
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {
            "EMAIL_BACKEND": backend,
            "EMAIL_FILE_PATH": str(home() / "mail"),
            "DEFAULT_FROM_EMAIL": sender,
        }
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"ECHELON_MAIL_URL: {parts.scheme!r} sends no mail; smtp and smtps do")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": sender,
    }


def address() -> str:
    """Return under which address people reach it: `ECHELON_URL`, else its first name.

    Links in mails begin with it; what a request calls itself is not to be trusted for that.
    """
    given = os.environ.get("ECHELON_URL", "").rstrip("/")
    if given:
        parts = urlsplit(given)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("ECHELON_URL: such as https://partners.example.com")
        return given
    named = [host for host in words("ECHELON_HOSTS", "") if host[0] not in "*."]
    if flag("ECHELON_HTTPS"):
        return f"https://{named[0] if named else 'localhost'}"
    port = os.environ.get("ECHELON_PORT", "") or "8000"
    return f"http://{named[0] if named else 'localhost'}:{port}"


def level() -> str:
    """Return how much is logged: `ECHELON_LOG`, INFO if nothing is said."""
    given = os.environ.get("ECHELON_LOG", "").upper() or "INFO"
    if given not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError(f"ECHELON_LOG: {given!r} is none of debug, info, warning, error")
    return given
