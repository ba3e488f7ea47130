from collections.abc import Callable, Iterable

from firstread.data.id_ranges import IdRange, id_ranges
from firstread.data.manifest import Manifest, Series

MakeManifest = Callable[[Iterable[tuple[str, int, str]]], Manifest]


def test_a_range_ends_where_another_part_begins(make_manifest: MakeManifest) -> None:
    """Counted by hand."""
    manifest = make_manifest(
        [
            ("IM", 300, "train"),
            ("IM", 302, "train"),
            ("IM", 302, "train"),
            ("IM", 310, "val"),
            ("IM", 320, "train"),
        ]
    )

    assert (
        IdRange(Series.IM, "train", 300, 302, patients=2, films=3),
        IdRange(Series.IM, "val", 310, 310, patients=1, films=1),
        IdRange(Series.IM, "train", 320, 320, patients=1, films=1),
    ) == id_ranges(manifest)


def test_a_patient_in_two_parts_is_shown_as_such(make_manifest: MakeManifest) -> None:
    assert ("train+test",) == tuple(
        row.part for row in id_ranges(make_manifest([("virus", 300, "test"), ("virus", 300, "train")]))
    )


def test_the_same_number_in_two_series_is_two_ranges(make_manifest: MakeManifest) -> None:
    ranges = id_ranges(make_manifest([("virus", 300, "train"), ("bacteria", 300, "train")]))

    assert [Series.BACTERIA, Series.VIRUS] == [row.series for row in ranges]
