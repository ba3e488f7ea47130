"""A synthetic radiograph becomes a file that says what it is."""

import io
from enum import StrEnum

import numpy as np
import numpy.typing as npt

__all__ = ["MARKER", "FileFormat", "as_dicom", "as_jpeg", "says_synthetic"]

MARKER = "firstread synthetic radiograph: shows no patient"
"""Written near the start of every file; `imaging` shows it as FilmFacts.synthetic."""

_SEARCHED = 4096  # bytes in which the marker stands in both formats
_EXIF_DESCRIPTION = 0x010E
_JPEG_QUALITY = 90
_WHITE_12_BIT = 4095


class FileFormat(StrEnum):
    """What a synthetic radiograph is written as."""

    JPEG = "jpeg"
    DICOM = "dicom"

    @property
    def suffix(self) -> str:
        """The file name's end."""
        return ".jpeg" if self is FileFormat.JPEG else ".dcm"


def says_synthetic(start: bytes) -> bool:
    """Return whether a file is one of ours, from its first 4,096 bytes or more."""
    return MARKER.encode() in start[:_SEARCHED]


def as_jpeg(pixels: npt.NDArray[np.float32]) -> bytes:
    """Return a grey JPEG with the marker as its comment and as its Exif description.

    Args:
        pixels: Grey levels 0..1, shape (height, width).
    """
    from PIL import Image

    image = Image.fromarray(np.rint(pixels * 255).astype(np.uint8))
    exif = Image.Exif()
    exif[_EXIF_DESCRIPTION] = MARKER
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_JPEG_QUALITY, comment=MARKER, exif=exif)
    return stream.getvalue()


def as_dicom(pixels: npt.NDArray[np.float32], *, study: str, instance: int) -> bytes:
    """Return a Digital X-Ray image, 12 bits, without identity (DICOM PS3.3 A.26).

    Args:
        pixels: Grey levels 0..1, shape (height, width).
        study: Names the imagined patient; UIDs are derived from it, so that they repeat with the seed.
        instance: Number of the film within the study.
    """
    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

    film = Dataset()
    film.SOPClassUID = DigitalXRayImageStorageForPresentation
    film.SOPInstanceUID = generate_uid(entropy_srcs=[MARKER, study, str(instance)])
    film.StudyInstanceUID = generate_uid(entropy_srcs=[MARKER, study])
    film.SeriesInstanceUID = generate_uid(entropy_srcs=[MARKER, study, "series"])
    film.SyntheticData = "YES"
    film.ImageType = ["DERIVED", "PRIMARY"]
    film.Modality = "DX"
    film.Manufacturer = "firstread"
    film.SeriesDescription = MARKER
    film.PatientID = f"SYNTHETIC-{study}"
    for empty in ("PatientName", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID"):
        setattr(film, empty, "")
    for empty in ("AccessionNumber", "ReferringPhysicianName", "ContentDate", "ContentTime"):
        setattr(film, empty, "")
    film.SeriesNumber, film.InstanceNumber = 1, instance
    film.BodyPartExamined, film.ViewPosition, film.ImageLaterality = "CHEST", "AP", "U"
    film.PatientOrientation = ["L", "F"]
    film.PresentationIntentType, film.PresentationLUTShape = "FOR PRESENTATION", "IDENTITY"
    film.PixelIntensityRelationship, film.PixelIntensityRelationshipSign = "LOG", -1
    film.RescaleIntercept, film.RescaleSlope, film.RescaleType = 0, 1, "US"
    film.BurnedInAnnotation, film.LossyImageCompression = "NO", "00"
    film.SamplesPerPixel, film.PhotometricInterpretation = 1, "MONOCHROME2"
    film.Rows, film.Columns = pixels.shape
    film.BitsAllocated, film.BitsStored, film.HighBit, film.PixelRepresentation = 16, 12, 11, 0
    film.WindowCenter, film.WindowWidth = 2048, 4096
    film.PixelData = np.rint(pixels * _WHITE_12_BIT).astype("<u2").tobytes()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    stream = io.BytesIO()
    film.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
