"""Pictures come back as they were kept."""

from pathlib import Path

from firstread.edges.cli.picture_spool import PictureSpool


def test_pictures_come_back_in_any_order() -> None:
    with PictureSpool() as spool:
        for i in range(3):
            spool.add(Path(f"{i}"), {"film": f"data:{i}"})

        assert [{"film": "data:2"}, {"film": "data:0"}] == [spool.get(Path("2")), spool.get(Path("0"))]


def test_reading_between_two_writes_keeps_both() -> None:
    with PictureSpool() as spool:
        spool.add(Path("a"), {"film": "first"})
        spool.get(Path("a"))
        spool.add(Path("b"), {"film": "second"})

        assert {"film": "first"} == spool.get(Path("a"))


def test_a_film_without_pictures_has_none() -> None:
    with PictureSpool() as spool:
        assert {} == spool.get(Path("a"))
