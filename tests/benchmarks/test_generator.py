"""The channel that benchmarks run on is the same everywhere: else no two figures compare."""

import json
from hashlib import sha256

import pytest

from benchmarks.generator import make_folder, make_resent
from benchmarks.generator.chance import months_until
from benchmarks.generator.channel import make_channel
from benchmarks.generator.sales import sales_months
from benchmarks.sizes import AS_OF, read_size

SMALL = read_size("5k")


def test_the_same_lines_come_out_on_every_run_and_machine():
    channel, digest = make_channel(SMALL), sha256()
    for column in (channel.parent, channel.heap, channel.home, channel.start, channel.end):
        digest.update(column.astype("<i8").tobytes())
    for _, month in sales_months(SMALL, SMALL.lines, months_until(AS_OF, 36), channel):
        for column in vars(month).values():
            digest.update(column.astype("<i8").tobytes())
    assert digest.hexdigest() == (
        "6d95629139a1e9cd3d395c7bb353b224da93199e5faf1a6f9a9829c9fd11ebfa"
    )


def test_small_tables_and_faults_are_the_same_too(tmp_path, monkeypatch):
    monkeypatch.setenv("ECHELON_BENCH", str(tmp_path))
    digest = sha256()
    for folder in (make_folder(SMALL), make_resent(SMALL)):
        for path in sorted(folder.glob("*.csv")):
            digest.update(path.read_bytes())
    assert digest.hexdigest() == (
        "e85892bc5fd1d6e9444ef30a3ee22f5eb306ea55809a82580b033b63126ae564"
    )
    expected = json.loads((SMALL.folder / "ingest" / "expected.json").read_text())
    assert expected == {"accepted": 4957, "duplicates": 72, "rejected": 43}
    lines = (SMALL.folder / "ingest" / "sales.csv").read_text().count("\n") - 1
    assert lines == sum(expected.values())


def test_a_fifth_of_the_partners_has_four_fifths_of_the_weight():
    heap = make_channel(read_size("1M")).heap
    weight = sorted([heap[0], *(heap[1:] - heap[:-1])], reverse=True)
    assert 0.78 < sum(weight[: len(weight) // 5]) / sum(weight) < 0.82


def test_families_have_fourteen_ancestors_for_ten_partners():
    parent = make_channel(read_size("1M")).parent
    depths = []
    for partner in range(len(parent)):
        depth = 1
        while parent[partner] >= 0:
            partner, depth = parent[partner], depth + 1
        depths.append(depth)
    assert sum(depths) == 14_000


def test_a_folder_that_was_broken_off_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("ECHELON_BENCH", str(tmp_path))
    folder = make_folder(SMALL)
    (folder / "dataset.yaml").unlink()
    (folder / "rates.csv").write_text("half a file")
    make_folder(SMALL)
    assert (folder / "dataset.yaml").is_file()
    assert (folder / "rates.csv").read_text().startswith("date,currency,per_eur\n")


@pytest.mark.parametrize("text", ["", "10", "1.5M", "10G", "M", "0M"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="is no size: 1M, 10M and 100M are"):
        read_size(text)
