"""What bad input gets: the table of the design, row by row, through the whole program."""

import gzip
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, generate_uid

from firstread.inference.bundle import Bundle

if TYPE_CHECKING:
    from tests.system.conftest import Start, WatchMemory

GIB = 1024**3

# The kernel hands a parent's peak on to the process it starts, and pytest's may be large: what this process itself took
# is VmHWM, which begins anew with the program.
RUN = """
import re, resource, sys
from pathlib import Path
from firstread.edges.cli.app import main
code = 0
try:
    main()
except SystemExit as leaving:
    code = leaving.code
own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def png(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def dicom(path: Path, *, syntax: str = ExplicitVRLittleEndian, **changes: Any) -> None:
    """Write a DICOM film of 256 × 256 pixels, with some attributes changed."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    meta.MediaStorageSOPClassUID = pydicom.uid.UID("1.2.840.10008.5.1.4.1.1.1")
    meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = (
        meta.MediaStorageSOPClassUID,
        meta.MediaStorageSOPInstanceUID,
    )
    dataset.Modality, dataset.PhotometricInterpretation = "CR", "MONOCHROME2"
    dataset.Rows = dataset.Columns = 256
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelData = (np.indices((256, 256)).sum(axis=0) // 2).astype(np.uint8).tobytes()
    for name, value in changes.items():
        setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)


def deflated_bomb(path: Path) -> None:
    """Write a Deflated DICOM file of 200 kB that inflates to 200 MB."""
    dicom(path, syntax=DeflatedExplicitVRLittleEndian)
    content = path.read_bytes()
    group_length = int.from_bytes(content[140:144], "little")
    head = content[: 144 + group_length]
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    element = b"\xe0\x7f\x10\x00OW\0\0" + pack("<I", 200 * 1024 * 1024)
    body = squeeze.compress(element) + b"".join(squeeze.compress(bytes(1024 * 1024)) for _ in range(200))
    path.write_bytes(head + body + squeeze.flush())


def zero_bombs(folder: Path) -> None:
    """Write a .gz and a .zip file of a mebibyte, each of which inflates to a gibibyte of zeros."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(GIB // 64)
    # Whatever follows a full flush does not depend on what went before, and may be repeated.
    body = (squeeze.compress(zeros) + squeeze.flush(zlib.Z_FULL_FLUSH)) * 64 + squeeze.flush()
    check = 0
    for _ in range(64):
        check = zlib.crc32(zeros, check)
    gz = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + pack("<II", check, GIB)
    (folder / "bomb.gz").write_bytes(gz)
    entry = pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, check, len(body), GIB, 8, 0)
    local = b"PK\3\4" + entry + b"film.png" + body
    central = b"PK\1\2" + pack("<H", 20) + entry + pack("<HHHII", 0, 0, 0, 0, 0) + b"film.png"
    end = b"PK\5\6" + pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    (folder / "bomb.zip").write_bytes(local + central + end)


def test_the_bombs_are_what_they_are_called(tmp_path: Path) -> None:
    zero_bombs(tmp_path)

    with gzip.open(tmp_path / "bomb.gz") as bomb:
        assert bytes(2**20) == bomb.read(2**20)
    with zipfile.ZipFile(tmp_path / "bomb.zip") as archive:
        assert [("film.png", GIB)] == [(entry.filename, entry.file_size) for entry in archive.infolist()]
        assert bytes(2**20) == archive.open("film.png").read(2**20)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of bad input, and two good films."""
    films = tmp_path_factory.mktemp("bad")
    rng = np.random.default_rng(1)
    film = np.clip(np.linspace(30, 220, 400)[np.newaxis, :] + rng.normal(0, 5, (400, 400)), 0, 255).astype(
        np.uint8
    )
    Image.fromarray(film).save(films / "good.jpg")
    Image.fromarray(film[:40, :40]).save(films / "tiny.png")
    Image.fromarray(np.full((400, 400), 90, np.uint8)).save(films / "blank.png")
    colours = np.stack([film, film.T, film[::-1]], axis=-1)
    Image.fromarray(colours).save(films / "photo.jpg", quality=95)
    (films / "note.jpg").write_text("this is no picture")
    (films / "empty.dcm").touch()
    (films / "cut.jpg").write_bytes((films / "good.jpg").read_bytes()[:9000])
    (films / "bomb.png").write_bytes(png(60_000, 60_000))
    dicom(films / "good.dcm")
    dicom(films / "series.dcm", NumberOfFrames=40)
    dicom(films / "side.dcm", ViewPosition="LL")
    dicom(films / "hand.dcm", BodyPartExamined="HAND")
    dicom(films / "slice.dcm", Modality="CT")
    dicom(films / "absurd.dcm", Rows=65_535, Columns=65_535)
    dicom(films / "unknown.dcm")
    content = (films / "unknown.dcm").read_bytes()
    (films / "unknown.dcm").write_bytes(content.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.77"))
    deflated_bomb(films / "bomb.dcm")
    zero_bombs(films)
    return films


@pytest.fixture(scope="module")
def answers(films: Path, tiny_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Triage the folder, and return what each file got, with the peak memory in bytes."""
    folder = tmp_path_factory.mktemp("answers")
    done = subprocess.run(
        [sys.executable, "-c", RUN, "triage", films, "--bundle", tiny_bundle.folder, "--json", folder / "w.json"],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    entries = json.loads((folder / "w.json").read_text())["entries"]
    found = {Path(entry["path"]).name: entry for entry in entries}
    assert {path.name for path in films.iterdir()} == set(found)
    return {**found, "peak memory": int(done.stdout.splitlines()[-1]) * 1024}


REASONS = {
    "note.jpg": {"not_an_image"},
    "empty.dcm": {"empty"},
    "cut.jpg": {"truncated"},
    "unknown.dcm": {"unsupported"},
    "bomb.png": {"too_large"},
    "bomb.dcm": {"too_large"},
    # Not "too large", and no timeout: nobody looks into them.
    "bomb.gz": {"not_an_image"},
    "bomb.zip": {"not_an_image"},
    "absurd.dcm": {"too_large", "truncated"},
    "series.dcm": {"multi_frame"},
    "side.dcm": {"not_frontal_chest"},
    "hand.dcm": {"not_frontal_chest"},
    "slice.dcm": {"not_frontal_chest"},
    "photo.jpg": {"colour_photograph"},
    "blank.png": {"blank"},
    "tiny.png": {"too_small"},
}


@pytest.mark.parametrize(("name", "codes"), REASONS.items())
def test_bad_input_is_listed_with_its_reason(answers: dict[str, Any], name: str, codes: set[str]) -> None:
    assert "not_scored" == answers[name]["status"]
    assert answers[name]["reason_code"] in codes
    assert answers[name]["reason"].endswith(".")


@pytest.mark.parametrize("name", ["good.jpg", "good.dcm"])
def test_the_rest_of_the_folder_goes_on(answers: dict[str, Any], name: str) -> None:
    assert "scored" == answers[name]["status"]


def test_no_bomb_takes_a_gibibyte(answers: dict[str, Any]) -> None:
    assert answers["peak memory"] < GIB


@pytest.mark.slow
def test_a_server_answers_every_file_and_stays_small(
    films: Path, start: "Start", watch_memory: "WatchMemory"
) -> None:
    """What a file is called decides nothing, and no name leads anywhere."""
    served = start()
    memory = watch_memory(served)
    names = [f"../../../{path.name}.exe" for path in sorted(films.iterdir())]
    sent = {name: (films / Path(name).stem).read_bytes() for name in names}

    assert 201 == served.send(sent).status_code
    served.until_done(len(sent), patience_s=120)
    rows = {row["name"].removesuffix(".exe"): row for row in served.rows()}

    codes = {name: row["reason"]["code"] for name, row in rows.items() if row["reason"]}
    assert sorted(REASONS) == sorted(codes)
    assert [] == [name for name, code in codes.items() if code not in REASONS[name]]
    assert {""} == {row["folder"] for row in rows.values()}
    assert {200, 409} == {
        served.client.get(f"/api/v1/films/{row['film']}/pixels").status_code for row in rows.values()
    }
    kept = served.client.get(f"/api/v1/films/{rows['good.dcm']['film']}/file")
    assert ".exe" not in kept.headers["Content-Disposition"]
    assert memory.peak("server") - memory.first("server") < GIB // 4
    assert memory.peak("opener") < GIB
