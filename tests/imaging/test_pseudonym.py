"""A pseudonym stands for a patient: always the same one, and nobody can tell who without the secret."""

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest

from firstread.config import ReadLimits
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey, pseudonym
from firstread.records import Reason
from firstread.terms import Refusal

Film = Callable[..., bytes]
SECRET = bytes(range(32))


@pytest.fixture
def key(tmp_path: Path) -> PseudonymKey:
    file = tmp_path / "key"
    file.write_bytes(SECRET)
    return PseudonymKey(str(file))


@pytest.fixture
def of(tmp_path: Path, key: PseudonymKey, limits: ReadLimits) -> Callable[..., Any]:
    """Return a function that tells whose film these bytes are."""

    def told(content: bytes, *, key: PseudonymKey = key, limits: ReadLimits = limits) -> Pseudonym | Reason:
        film = tmp_path / "film"
        film.write_bytes(content)
        return pseudonym(film, key, limits=limits)

    return told


def test_it_is_the_hmac_of_the_patients_id(of: Callable[..., Any], dicom_film: Film) -> None:
    """RFC 2104, as Python's library and the words written down here have it."""
    expected = hmac.new(SECRET, b"patient 0 4711", hashlib.sha256).hexdigest()[:32]

    assert Pseudonym(expected) == of(dicom_film("4711"))


def test_one_patient_has_one_pseudonym_whatever_else_the_films_say(
    of: Callable[..., Any], dicom_film: Film
) -> None:
    one = of(dicom_film("4711", name="A^B", seed=1))

    assert one == of(dicom_film("4711 ", name="C^D", seed=2))


def test_two_patients_and_two_issuers_have_two(of: Callable[..., Any], dicom_film: Film) -> None:
    """The same ID of two hospitals is two patients, and "1" of "23" is not "12" of "3"."""
    films = [
        dicom_film("4711"),
        dicom_film("4712"),
        dicom_film("4711", issuer="north"),
        dicom_film("23", issuer="1"),
        dicom_film("3", issuer="12"),
    ]

    assert 5 == len({of(film).text for film in films})


def test_another_secret_gives_another_pseudonym(
    of: Callable[..., Any], dicom_film: Film, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(SECRET[::-1])

    assert of(dicom_film()) != of(dicom_film(), key=PseudonymKey(str(other)))


@pytest.mark.parametrize(
    "nobody", [None, "", "0", "000", "---", "ANONYMOUS", "Anon", "UNKNOWN", "n/a", "REMOVED"]
)
def test_what_stands_for_nobody_is_nobody(
    of: Callable[..., Any], dicom_film: Film, nobody: str | None
) -> None:
    """All anonymised films of a hospital would become one patient's."""
    assert Pseudonym(None) == of(dicom_film(nobody))


def test_neither_name_nor_id_is_in_the_answer(of: Callable[..., Any], dicom_film: Film) -> None:
    said = repr(of(dicom_film("SECRET-4711", name="DOE^JANE")))

    assert [] == [canary for canary in ("SECRET", "4711", "DOE", "JANE", "1947") if canary in said]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, Refusal.UNSUPPORTED),
        (b"no picture at all", Refusal.NOT_AN_IMAGE),
        (b"\0" * 128 + b"DICM" + b"\x02\x00\x10\x00UI\xff\xff", Refusal.TRUNCATED),
    ],
)
def test_what_cannot_be_opened_has_a_reason(of: Callable[..., Any], content: bytes, refusal: Refusal) -> None:
    answer = of(content)

    assert isinstance(answer, Reason)
    assert refusal is answer.code


def test_a_file_that_is_too_large_is_not_read(of: Callable[..., Any], dicom_film: Film) -> None:
    answer = of(dicom_film(), limits=ReadLimits(max_file_bytes=1000))

    assert Reason(Refusal.TOO_LARGE, "The file is too large.") == answer


def test_a_damaged_header_never_raises(of: Callable[..., Any], dicom_film: Film) -> None:
    """Every place of the header cut off: an answer each time, and never another patient's pseudonym."""
    film = dicom_film("4711")
    whole, end = of(film), film.index(b"4711") + 40

    answers = [of(film[:length]) for length in range(140, end)]

    assert all(isinstance(answer, Reason) or answer in (whole, Pseudonym(None)) for answer in answers)
    assert any(isinstance(answer, Reason) for answer in answers)
    assert whole == answers[-1]


def test_a_compressed_header_is_read_in_the_limits(
    of: Callable[..., Any], dicom_film: Film, tmp_path: Path
) -> None:
    """Deflated Explicit VR Little Endian (PS3.5 A.5)."""
    plain = tmp_path / "plain.dcm"
    plain.write_bytes(dicom_film("4711"))
    dataset = pydicom.dcmread(plain)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    dataset.save_as(tmp_path / "deflated.dcm")
    deflated = (tmp_path / "deflated.dcm").read_bytes()

    assert of(plain.read_bytes()) == of(deflated)
    refused = of(deflated, limits=ReadLimits(max_inflated_bytes=1000))
    assert isinstance(refused, Reason)
    assert Refusal.TOO_LARGE is refused.code


def test_a_key_goes_to_a_worker_as_the_place_of_the_secret(key: PseudonymKey) -> None:
    sent = json.dumps(key.as_dict())

    assert PseudonymKey.from_dict(json.loads(sent)) == key
    assert SECRET == key.secret()
    assert SECRET.hex() not in sent


@pytest.mark.parametrize("text", ["", "DOE^JANE", "A" * 32, "0" * 31, "0" * 33])
def test_a_pseudonym_is_digits_and_says_nothing_of_what_came(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"must have 32 hexadecimal digits; this one has \d+ letters\."
    ) as raised:
        Pseudonym(text)

    assert not text or text not in str(raised.value)
