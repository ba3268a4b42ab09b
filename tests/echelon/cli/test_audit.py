"""`echelon audit verify` says in one line that all is well, or what isn't and exits with 1."""

import pytest
from typer.testing import CliRunner

from echelon.cli.main import app
from echelon.foundation.access import system
from echelon.foundation.audit import heads
from echelon.foundation.audit.models import Stream
from echelon.foundation.audit.services import record
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(settings, tmp_path):
    settings.AUDIT_FOLDER = tmp_path
    record(system("tests"), "x.done", "thing", 1, at=NOW)
    stream = Stream.objects.get()
    heads.keep(stream.name, stream.count, stream.head)
    return stream


@pytest.mark.usefixtures("written")
def test_all_is_well():
    ran = CliRunner().invoke(app, ["audit", "verify"])
    assert (ran.exit_code, ran.output) == (0, "1 events in 1 chains: as they were written\n")


def test_a_copy_from_elsewhere_finds_a_cut_end(written, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / written.name).write_text(f"3 {'0' * 64}\n")
    ran = CliRunner().invoke(app, ["audit", "verify", "--heads", str(elsewhere)])
    assert ran.exit_code == 1
    assert ran.stderr == (f"{written.name}: ends at event 1, the head kept outside says 3\n")
