"""Films made on the spot: nobody's chest, in every kind of file."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

from firstread.config import ReadLimits

Array = npt.NDArray[Any]
FilmFactory = Callable[..., bytes]


def chest(height: int = 240, width: int = 300, white: int = 255) -> Array:
    """Return a drawing of a chest: bright mediastinum, darker lungs, dark air; uint8 or uint16."""
    return _chest(height, width, white).copy()


@lru_cache(maxsize=32)
def _chest(height: int, width: int, white: int) -> Array:
    y, x = np.mgrid[-1 : 1 : complex(height), -1 : 1 : complex(width)]
    body = 0.75 * np.exp(-((x / 0.9) ** 6) - (y / 1.1) ** 6)
    lungs = sum(np.exp(-(((x - side) / 0.3) ** 4) - (y / 0.65) ** 4) for side in (-0.45, 0.45))
    texture = 0.03 * np.sin(40 * x) * np.cos(31 * y)
    level = np.clip(0.08 + body - 0.45 * lungs + texture, 0, 1)
    return np.asarray(np.rint(level * white), dtype=np.uint8 if white < 256 else np.uint16)


def encoded(pixels: Array, kind: str = "JPEG", **options: Any) -> bytes:
    """Return pixels as a file of a kind that Pillow writes."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def dicom_dataset(pixels: Array, **elements: Any) -> pydicom.FileDataset:
    """Return a DX chest film, Explicit VR Little Endian; keyword arguments add or (None) remove elements."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = pydicom.FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.PatientName = "Secret^Patient"
    dataset.PatientID = "SECRET-4711"
    dataset.Modality = "DX"
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = "PA"
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.BitsAllocated = pixels.dtype.itemsize * 8
    dataset.BitsStored = dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW" if dataset.BitsAllocated == 16 else "OB"
    for keyword, value in elements.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    if "BitsStored" in elements and "HighBit" not in elements:
        dataset.HighBit = dataset.BitsStored - 1
    return dataset


def dicom_bytes(dataset: pydicom.Dataset) -> bytes:
    """Return a data set as a DICOM file with preamble."""
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


@pytest.fixture
def limits() -> ReadLimits:
    return ReadLimits()


@pytest.fixture
def make_chest() -> Callable[..., Array]:
    return chest


@pytest.fixture
def make_file() -> FilmFactory:
    """Return `encoded`: pixels become the bytes of a JPEG, PNG or TIFF."""
    return encoded


@pytest.fixture
def make_dataset() -> Callable[..., pydicom.FileDataset]:
    return dicom_dataset


@pytest.fixture
def as_dicom() -> Callable[[pydicom.Dataset], bytes]:
    return dicom_bytes


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    """Return a folder of six JPEG films, each a little different."""
    folder = tmp_path / "films"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(encoded(chest(200 + 8 * number, 260)))
    return folder
