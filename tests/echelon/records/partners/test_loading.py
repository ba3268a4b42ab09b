"""Companies as files: whole or not at all, mistakes where they stand, there and back the same."""

import io
from datetime import date

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from echelon.foundation.access import Hidden, Role
from echelon.records.partners import sheets
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Partner
from echelon.records.partners.services import companies, fields
from echelon.records.partners.services.exporting import export
from echelon.records.partners.services.loading import Loaded, load
from tests.factories.partners import NOW, admin, partner, person, said, scope, staff, trail
from tests.frame.size import sample_size

pytestmark = pytest.mark.django_db


def brought(text: str | bytes, **how: object) -> Loaded:
    content = text.encode() if isinstance(text, str) else text
    return load(admin(), name="companies.csv", content=content, at=NOW, **how)


def everything() -> list[dict[str, object]]:
    return list(Partner.objects.order_by("key").values())


def test_new_ones_are_made_known_ones_changed_and_parents_come_in_any_order():
    known = partner("Known", key="K", region="EMEA", phone="1")
    manager = staff(Role.ACCOUNT_MANAGER)
    loaded = brought(
        "Key;name;parent;tags;manager;region\n"
        f"C;Child;P;a, b;{manager.email};\n"
        "P;Parent;;;;APAC\n"
        "K;Known Ltd;P;;;\n"
    )
    assert (loaded.created, loaded.changed, loaded.same) == (["C", "P"], ["K"], 0)
    assert (loaded.mistakes, loaded.written) == ([], True)
    child, parent = Partner.objects.get(key="C"), Partner.objects.get(key="P")
    assert (child.parent, child.tags, child.manager) == (parent, ["a", "b"], manager)
    known.refresh_from_db()
    assert (known.name, known.parent, known.region, known.phone) == ("Known Ltd", parent, "", "1")
    assert known.searched == "known ltd k ##"
    event = trail("partners.loaded")[0]
    assert event.before == {"K": {"name": "Known", "parent_id": None, "region": "EMEA"}}
    assert event.after["created"] == ["C", "P"]
    moved = {"partners": [str(known.pk), str(parent.pk)]}
    assert said("partners.FamilyChanged") == [moved]


def test_the_same_file_twice_changes_nothing():
    text = "key,name,parent,tags,country\nA,Alpha,,x;y,de\nB,Beta,A,,\n"
    brought(text)
    before, events = everything(), len(trail())
    loaded = brought(text)
    assert (loaded.created, loaded.changed, loaded.same) == ([], [], 2)
    assert everything() == before
    assert len(trail()) == events


def test_a_dry_run_says_all_and_writes_nothing():
    partner("Known", key="K")
    before = everything()
    loaded = brought("key,name\nK,Other\nN,New\n", dry_run=True)
    assert (loaded.created, loaded.changed, loaded.written) == (["N"], ["K"], False)
    assert everything() == before
    assert trail() == []


def test_every_mistake_is_said_by_line_and_column_and_nothing_is_written():
    fields.define(admin(), name="size", label="Head count", kind="integer", at=NOW)
    partner("Known", key="K")
    before, events = everything(), len(trail())
    loaded = brought(
        "key,name,country,parent,manager,head count\n"
        "A,Alpha,Narnia,,,x\n"
        ",Nameless,,,,\n"
        "\n"
        'B,"Two\nlines",,Q,who@x.test,1\n'
        "A,Again,,,,\n"
        "C,Gamma,,,,,,more\n"
        "D,,,,,\n"
    )
    assert [str(mistake) for mistake in loaded.mistakes] == [
        "line 2, column country: Narnia is no country; write its two letters, such as DE",
        "line 2, column head count: x is not a number; write it as 1234.5",
        "line 3, column key: this is needed",
        "line 5, column name: this has a character that can't be shown; type it anew",
        "line 5, column manager: none of the vendor's people has this mail address",
        "line 7, column key: line 2 has this key already",
        "line 8: this row has more cells than the header",
        "line 9, column name: this is needed",
        "line 5, column parent: there is no company Q, here or in the file",
    ]
    assert (loaded.wrong, loaded.written) == (9, False)
    assert everything() == before
    assert len(trail()) == events


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("key,name,countri", "there is no column countri (did you mean country?)"),
        ("name", "the column of keys is missing"),
        ("key,name,Name", "this column is there twice"),
    ],
)
def test_a_header_that_can_not_be_read_is_said(header, message):
    loaded = brought(f"{header}\nA,B,C\n")
    assert [mistake.message for mistake in loaded.mistakes] == [message]
    assert not Partner.objects.exists()


def test_columns_of_other_names_are_told():
    loaded = brought("Account,Title\nA,Alpha\n", columns={"Account": "key", "Title": "name"})
    assert loaded.created == ["A"]


def test_circles_are_refused_also_with_companies_that_are_there():
    top = partner("Top", key="T")
    partner("Below", key="B", parent=top)
    before = everything()
    loaded = brought("key,name,parent\nT,Top,B\nX,X,Y\nY,Y,X\nZ,Z,Z\n")
    assert [(mistake.line, mistake.message) for mistake in loaded.mistakes] == [
        (2, "a company can't stand below itself: T → B → T"),
        (3, "a company can't stand below itself: X → Y → X"),
        (4, "a company can't stand below itself: Y → X → Y"),
        (5, "a company can't stand below itself: Z → Z"),
    ]
    assert everything() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "neither XLSX nor CSV"),
        (b'key,name\nA,"open', "quote that isn't closed"),
        (b"PK\x03\x04 no zip", "can't be read"),
    ],
)
def test_a_file_that_is_none_is_refused(content, message):
    with pytest.raises(Refused, match=message):
        brought(content)
    assert trail() == []


@pytest.mark.parametrize("role", sorted({*Role} - {Role.VENDOR_ADMIN, Role.PROGRAM_MANAGER}))
def test_only_who_may_create_all_loads(role):
    ours = partner("Ours")
    outside = "partner" in role or "distributor" in role
    me = scope(person(ours, role) if outside else staff(role))
    before = everything()
    with pytest.raises(Hidden):
        load(me, name="x.csv", content=b"key,name\nours,Stolen\n", at=NOW)
    assert everything() == before


def filled() -> None:
    """Companies with all that a company can have."""
    me = admin()
    for name in ("text", "number", "integer", "date", "yes_no"):
        fields.define(me, name=f"a_{name}", label=name, kind=name, at=NOW)
    manager = staff(Role.ACCOUNT_MANAGER)
    top = partner("Top", key="007", manager=manager)
    partner("Bare", key="-B")
    companies.create(
        me,
        key="A",
        name="=1+1",
        kind="var",
        country="DE",
        region="@x",
        tags=["+1", "b"],
        parent=top.pk,
        manager=manager.pk,
        phone="+49 30",
        description="'=quoted",
        a_text="-x",
        a_number="12.50",
        a_integer=-7,
        a_date="2026-01-31",
        a_yes_no=False,
        at=NOW,
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_is_loaded_back_without_a_change(kind):
    filled()
    content = export(admin(), kind=kind, at=NOW)
    before, events = everything(), trail("partners.exported")
    loaded = brought(content)
    assert (loaded.mistakes, loaded.changed, loaded.created, loaded.same) == ([], [], [], 3)
    assert everything() == before
    assert (events[0].after["kind"], events[0].after["count"]) == (kind, 3)


def test_a_spreadsheet_runs_nothing_of_an_export():
    filled()
    content = export(admin(), kind="csv", at=NOW, columns=["key", "name", "region", "phone"])
    text = content.decode("utf-8-sig")
    assert text.splitlines() == [
        "key,name,region,phone",
        "'-B,Bare,,",
        "007,Top,,",
        "A,'=1+1,'@x,'+49 30",
    ]


def test_a_workbook_has_typed_cells():
    filled()
    columns = ["key", "name", "a_number", "a_integer", "a_date", "a_yes_no"]
    content = export(admin(), kind="xlsx", at=NOW, columns=columns)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0] == columns
    assert rows[3] == ["A", "=1+1", 12.5, -7.0, date(2026, 1, 31), False]
    assert rows[2][0] == "007"


def test_a_workbook_from_elsewhere_is_loaded():
    fields.define(admin(), name="share", label="Share", kind="number", at=NOW)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(
            [["key", "name", "Share"], [1001, "One", 0.1], [1002, "Two", 3]]
        ):
            sheet.write_row(line, 0, row)
    assert brought(out.getvalue()).created == ["1001", "1002"]
    assert [row.more for row in Partner.objects.order_by("key")] == [
        {"share": "0.1"},
        {"share": "3"},
    ]


def test_an_account_manager_takes_the_assigned_ones_and_no_names_of_others():
    manager = staff(Role.ACCOUNT_MANAGER)
    top = partner("Secret top", key="SECRET")
    partner("Mine", key="M", parent=top, manager=manager)
    text = export(scope(manager), kind="csv", at=NOW, columns=["key", "parent"]).decode("utf-8-sig")
    assert text == "key,parent\r\nM,\r\n"
    for role in (Role.VENDOR_READ_ONLY, Role.PARTNER_ADMIN):
        me = scope(person(top, role) if "partner" in role else staff(role))
        with pytest.raises(Hidden):
            export(me, kind="csv", at=NOW)
    assert len(trail("partners.exported")) == 1


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)


@settings(max_examples=sample_size(ci=200, proof=5000))
@given(rows=st.lists(st.lists(CELLS | st.text("'=+-@\t", max_size=4), min_size=2, max_size=2)))
@example(rows=[["''=", "'"], ["'-", "\t"]])
def test_any_text_comes_back_from_csv(rows):
    content = sheets.write_csv(["a", "b"], [["x", "y"], *rows])
    read = [cells for _, cells in sheets.read(content).rows]
    assert read == [["x", "y"], *(row for row in rows if row != ["", ""])]
