"""Tested through `read`: it is the only door to JPEG, PNG and TIFF."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.read import read
from firstread.terms import Refusal

Array = npt.NDArray[Any]


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def refusal(content: bytes, limits: ReadLimits) -> tuple[Refusal, str]:
    with pytest.raises(ImageReadError) as caught:
        read(content, limits=limits)
    return caught.value.refusal, str(caught.value)


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_comes_back_unchanged(kind: str, make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    film = read(saved(Image.fromarray(make_chest()), kind), limits=limits)

    assert np.array_equal(make_chest(), film.pixels)
    assert (255, 0.0) == (film.white, film.tint)
    assert (240, 300) == (film.facts.height, film.facts.width)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_come_back_unchanged(
    kind: str, make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    film = read(saved(Image.fromarray(make_chest(white=65535)), kind), limits=limits)

    assert np.array_equal(make_chest(white=65535), film.pixels)
    assert 65535 == film.white


def test_twelve_bits_in_a_sixteen_bit_png_are_shown_as_bright_as_meant(
    make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    """Exports of 12-bit films are common; shown with white at 65535 they would be black."""
    film = read(saved(Image.fromarray(make_chest(white=4000))), limits=limits)

    assert 4095 == film.white
    assert ("The 16-bit picture uses 12 bits; the brightest of those was taken as white.",) == film.warnings


def test_only_a_jpeg_says_how_strongly_it_was_compressed(
    make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    film = Image.fromarray(make_chest())
    turned = Image.Exif()
    turned[0x0112] = 6

    jpeg = read(saved(film, "JPEG", quality=62, exif=turned), limits=limits)
    colour = read(saved(film.convert("RGB"), "JPEG", quality=62), limits=limits)
    png = read(saved(film), limits=limits)

    assert (62, 62, None) == (jpeg.facts.jpeg_quality, colour.facts.jpeg_quality, png.facts.jpeg_quality)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "CMYK"])
def test_every_mode_becomes_grey(mode: str, make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    grey = Image.fromarray(make_chest())
    content = saved(grey.convert(mode), "TIFF" if mode == "CMYK" else "PNG")

    film = read(content, limits=limits)

    assert 0.0 == film.tint
    expected = np.asarray(grey.convert("1").convert("L")) if mode == "1" else make_chest()
    # A palette of a grey picture and CMYK's round trip may be a level off.
    assert np.abs(film.pixels.astype(int) - expected).max() <= 1


def test_transparent_parts_are_black(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    """What nobody is meant to see must not reach the network."""
    alpha = np.full((240, 300), 255, np.uint8)
    alpha[:, :50] = 0
    picture = Image.merge("LA", (Image.fromarray(make_chest()), Image.fromarray(alpha)))

    film = read(saved(picture), limits=limits)

    assert 0 == film.pixels[:, :50].max()
    assert np.array_equal(make_chest()[:, 50:], film.pixels[:, 50:])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_film_upright(
    orientation: int, make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    """The oracle is Pillow's own transposition of the decoded picture; the reduced decode has to turn as well."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(Image.fromarray(make_chest(640, 800)), "JPEG", exif=exif, quality=95)
    with Image.open(io.BytesIO(content)) as image:
        from PIL import ImageOps

        expected = np.asarray(ImageOps.exif_transpose(image).convert("L"))

    film = read(content, limits=limits)
    reduced = read(content, limits=limits, reduce_to=(300, 300))

    assert np.array_equal(expected, film.pixels)
    assert (
        expected.shape == (film.facts.height, film.facts.width) == (reduced.facts.height, reduced.facts.width)
    )
    assert tuple(side // 2 for side in expected.shape) == reduced.pixels.shape


def test_a_jpeg_is_reduced_no_further_than_asked(
    make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    content = saved(Image.fromarray(make_chest(960, 1280)), "JPEG")

    assert (480, 640) == read(content, limits=limits, reduce_to=(448, 448)).pixels.shape
    assert (960, 1280) == read(content, limits=limits, reduce_to=(481, 481)).pixels.shape
    assert (960, 1280) == read(content, limits=limits).pixels.shape


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_colour_photograph_has_a_tint(kind: str, limits: ReadLimits) -> None:
    colours = (
        np.random.default_rng(3).integers(0, 255, (20, 30, 3)).astype(np.uint8).repeat(12, 0).repeat(12, 1)
    )

    assert read(saved(Image.fromarray(colours), kind), limits=limits).tint > 30


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_cut_file_is_refused(
    kind: str, share: float, make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    content = saved(Image.fromarray(make_chest()), kind)

    code, words = refusal(content[: int(len(content) * share)], limits)

    assert code in (Refusal.TRUNCATED, Refusal.UNREADABLE)
    assert "missing" in words or "cannot be read" in words or "damaged" in words


def test_a_bomb_is_refused_by_its_header(limits: ReadLimits) -> None:
    """60,000 × 60,000 pixels in 70 bytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b""))

    code, words = refusal(bomb, limits)

    assert Refusal.TOO_LARGE is code
    assert "pixels" in words


def test_the_pixel_limit_is_exact(make_chest: Callable[..., Array]) -> None:
    content = saved(Image.fromarray(make_chest(100, 100)))

    assert (100, 100) == read(content, limits=ReadLimits(max_pixels=10_000)).pixels.shape
    code, words = refusal(content, ReadLimits(max_pixels=9_999))
    assert Refusal.TOO_LARGE is code
    assert "100 × 100" in words


def test_a_tiff_with_pages_is_refused(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    page = Image.fromarray(make_chest())

    code, words = refusal(saved(page, "TIFF", save_all=True, append_images=[page, page]), limits)

    assert Refusal.MULTI_FRAME is code
    assert "it holds 3" in words


def test_an_animation_is_refused(make_chest: Callable[..., Array], limits: ReadLimits) -> None:
    page = Image.fromarray(make_chest())
    other = Image.fromarray(255 - make_chest())

    assert Refusal.MULTI_FRAME is refusal(saved(page, "PNG", save_all=True, append_images=[other]), limits)[0]


@pytest.mark.parametrize("white", [255, 65535])
def test_a_tiff_whose_lowest_level_is_white_is_turned_round(
    white: int, make_chest: Callable[..., Array], limits: ReadLimits
) -> None:
    """PhotometricInterpretation 0 (TIFF 6.0): old scanners write negatives so."""
    negative = np.asarray(white - make_chest(white=white), dtype=make_chest(white=white).dtype)
    content = bytearray(saved(Image.fromarray(negative), "TIFF"))
    tag = content.index(struct.pack("<HHI", 262, 3, 1))
    content[tag + 8] = 0

    assert np.array_equal(make_chest(white=white), read(bytes(content), limits=limits).pixels)
