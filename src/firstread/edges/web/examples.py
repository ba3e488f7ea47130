"""Examples of what the API says and takes, for the OpenAPI document: films that show nobody, in a made-up hospital.

They tell one story: a film of the night is sent, scored and read.
"""

from typing import Any

from firstread.reading import reasons_for_rank

__all__ = [
    "EVENTS",
    "FILMS_FORM",
    "LABELS_CSV",
    "METRICS",
    "OF_SCHEMAS",
    "SEARCH",
    "SHA256",
    "UNDO",
    "WORKLIST_CSV",
    "in_answer",
    "in_form",
]

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_OTHER = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
_BUNDLE = "1e6ed65d77d6364eeaed5a745ba5c4985ae2b700dd85d7cf7f027bdf294a33fc"


def in_answer(media_type: str, example: str) -> dict[int | str, dict[str, Any]]:
    """Return what a route is told (`responses`), so that an answer that is no JSON shows an example."""
    return {200: {"content": {media_type: {"example": example}}}}


def in_form(example: dict[str, Any]) -> dict[str, Any]:
    """Return what a route is told (`openapi_extra`), so that the form that it takes shows an example."""
    return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"example": example}}}}


FILMS_FORM = {
    "delivery": "2026-03-01-night",
    "films": ["(the bytes of night/3/film.dcm)", "(the bytes of night/4/film.dcm)"],
}
_RECEIVED = {
    "films": [
        {"film": SHA256, "receipt": "new", "first": None},
        {"film": _OTHER, "receipt": "copy", "first": "evening/4/film.dcm"},
    ]
}
_KNOWN_ASKED = {"films": [SHA256, _OTHER]}
_KNOWN = {"known": [SHA256]}
_NAMED = {
    "files": [
        {"film": SHA256, "path": "evening/4/film.dcm"},
        {"film": _OTHER, "path": "evening/5/film.dcm"},
    ]
}
_RECEIVED_NAMES = {"films": [{"film": SHA256, "receipt": "copy", "first": "night/3/film.dcm"}, None]}

_READING = {
    "reading": 17,
    "film": SHA256,
    "reader": "anna",
    "finding": "present",
    "verdict": "agree",
    "note": "Right lower lobe.",
    "blinded": False,
    "read_at": "2026-03-01T22:31:40Z",
}
_READINGS = {"readings": [_READING]}
_OPINION = {"verdict": "agree", "note": "Right lower lobe."}
UNDO = {"reading": 17}
_UNDONE = {"film": SHA256, "reading": _READING}

_ROW = {
    "film": SHA256,
    "rank": 1,
    "name": "film.dcm",
    "folder": "night/3",
    "arrived_at": "2026-03-01T22:14:05Z",
    "state": "scored",
    "read": False,
    "band": "URGENT",
    "probability": 0.83,
    "flagged": True,
    "shift": 41.0,
    "reason": None,
    "warnings": [],
    "synthetic": True,
}
_NOT_SCORED = _ROW | {
    "film": _OTHER,
    "rank": 2,
    "folder": "night/4",
    "state": "not_scored",
    "band": None,
    "probability": None,
    "flagged": None,
    "shift": None,
    "reason": {"code": "blank", "message": "The film is blank: all of it has nearly the same grey."},
}
_FACTS = {
    "file_bytes": 5_242_880,
    "height": 2048,
    "width": 2500,
    "view_position": "PA",
    "probability_low": 0.71,
    "probability_high": 0.9,
    "bundle": _BUNDLE,
    "scored_at": "2026-03-01T22:14:06Z",
}
_FILM = (
    _ROW
    | _FACTS
    | {"rank": None, "read": True, "has_heat_map": True, "readings": [_READING]}
    | {"n_copies": 1, "copies": [{"name": "film.dcm", "folder": "evening/4"}]}
)
_PLACE = {
    "rank": 1,
    "arrival": 3,
    "latest": 12,
    "unread": 12,
    "why": (
        "URGENT with a probability of 83 %; 3rd of 12 unread films to arrive. It moved up 2 places: the films it "
        "passed are less urgent and may wait."
    ),
    "rule": reasons_for_rank.rule(50),
}
_COUNTS = {
    "URGENT": 1,
    "REVIEW": 3,
    "ROUTINE": 7,
    "unread": 12,
    "waiting": 0,
    "not_scored": 1,
    "read": 28,
    "all": 40,
}
_WORKLIST = {"version": 118, "total": 12, "offset": 0, "counts": _COUNTS, "films": [_ROW, _NOT_SCORED]}
SEARCH = {"state": "unread", "band": ["URGENT", "REVIEW"], "folder": "night", "q": "film", "sort": "rank"}
_FOLDERS = {"folders": [{"folder": "night/3", "films": 24}, {"folder": "night/4", "films": 16}]}

_MODEL = {
    "sha256": _BUNDLE,
    "name": "chest-pneumonia",
    "operating_points": {"screening": {"threshold": 0.5, "sensitivity": 0.95, "specificity": 0.9}},
    "prevalence": 0.3,
}
_BUNDLES = {"bundles": [_MODEL | {"current": True}]}
_WORKLIST_EXPORT = {
    "firstread": "0.1.0",
    "notice": "Research software, not a medical device: a radiologist reads every film.",
    "exported_at": "2026-03-01T22:45:00Z",
    "bundle": _MODEL,
    "bundles": [_MODEL],
    "selection": {
        "state": "read",
        "bands": [],
        "folder": "night",
        "q": "",
        "sort": "arrived",
        "descending": False,
        "blinded": False,
    },
    "version": 118,
    "total": 1,
    "counts": _COUNTS,
    "films": [_ROW | _FACTS | {"rank": None, "read": True, "readings": [_READING]}],
}
WORKLIST_CSV = (
    "rank,band,state,read,probability,probability_low,probability_high,flagged,folder,name,n_copies,copies,film,arrived_at,scored_at,"
    "reason,reason_code,warnings,shift,width,height,view_position,synthetic,file_bytes,bundle,reader,finding,verdict,"
    "blinded,read_at,note\r\n"
    f",URGENT,scored,true,0.83,0.71,0.9,true,night/3,film.dcm,1,evening/4/film.dcm,{SHA256},2026-03-01T22:14:05Z,2026-03-01T22:14:06Z,"
    f",,,41.0,2500,2048,PA,true,5242880,{_BUNDLE},anna,present,agree,false,2026-03-01T22:31:40Z,Right lower lobe.\r\n"
)
LABELS_CSV = f"film,label,readers,blinded\r\n{SHA256},present,anna,false\r\n"

EVENTS = 'event: change\ndata: {"version":118,"waiting":0}\nid: 118\n\n'
METRICS = "# HELP firstread_films Films in the store.\n# TYPE firstread_films gauge\nfirstread_films 40.0\n"
_HEALTH = {"status": "ok", "version": "0.1.0", "waiting": 3, "leased": 1}
_SESSION = {"name": "anna", "role": "reader", "door": "account", "takes_folders": False}

_ROOTS = {"roots": ["chest", "new-films"]}
_FOLDER_ASKED = {"root": "chest", "path": "night"}
_ROOT_FOLDER = _FOLDER_ASKED | {"folders": ["3", "4"], "n_folders": 2, "n_files": 0}
_TAKE_IN = _FOLDER_ASKED | {
    "sender": "anna",
    "stage": "running",
    "began_at": "2026-03-01T22:10:00Z",
    "n_found": 412,
    "n_ended": 128,
    "new": 120,
    "known": 5,
    "copies": 1,
    "left": {"hidden": 1, "link": 1},
    "named": [{"path": "night/newest.dcm", "why": "link"}],
    "problem": None,
}
_TAKE_IN_NOW = {"take_in": _TAKE_IN}


def _share(estimate: float, low: float, high: float, *, level: float = 0.95) -> dict[str, float]:
    return {"estimate": estimate, "low": low, "high": high, "level": level}


def _waited(
    band: str | None, n: int, median_s: float | None = None, percentile_90_s: float | None = None
) -> dict[str, Any]:
    return {"band": band, "n": n, "median_s": median_s, "percentile_90_s": percentile_90_s}


def _unread(kind: str, n: int, oldest_at: str | None) -> dict[str, Any]:
    return {"kind": kind, "n": n, "oldest_at": oldest_at}


def _bin(
    minute: int, arrived: int = 0, not_scored: int = 0, bands: tuple[int, int, int] = (0, 0, 0)
) -> dict[str, Any]:
    return {
        "begin": f"2026-03-01T22:{minute:02}:00Z",
        "arrived": arrived,
        "scored": sum(bands),
        "not_scored": not_scored,
        "urgent": bands[0],
        "review": bands[1],
        "routine": bands[2],
        "with_shift": sum(bands),
        "unlike": 0,
        "median_shift": 48.0 if sum(bands) >= 10 else None,
    }


_DASHBOARD = {
    "version": 118,
    "period": "hour",
    "begin": "2026-03-01T22:00:00Z",
    "now": "2026-03-01T22:57:00Z",
    "step_s": 300.0,
    "fewest": 10,
    "arrived": 40,
    "arrived_per_hour": 42.1,
    "bins": [
        *(_bin(minute) for minute in (0, 5)),
        *(_bin(minute, 10, 0, (3, 2, 5)) for minute in (10, 15, 20)),
        _bin(25, 10, 1, (3, 2, 4)),
        *(_bin(minute) for minute in range(30, 60, 5)),
    ],
    "waits_for_model": [
        _waited("URGENT", 12, 0.9, 1.4),
        _waited("REVIEW", 8),
        _waited("ROUTINE", 19, 1.0, 1.5),
        _waited(None, 1),
    ],
    "waits_for_reader": [
        _waited("URGENT", 11, 420.0, 960.0),
        _waited("REVIEW", 5),
        _waited("ROUTINE", 12, 1500.0, 2100.0),
    ],
    "unread": [
        _unread("URGENT", 1, "2026-03-01T22:28:11Z"),
        _unread("REVIEW", 3, "2026-03-01T22:16:20Z"),
        _unread("ROUTINE", 7, "2026-03-01T22:13:02Z"),
        _unread("waiting", 0, None),
        _unread("not_scored", 1, "2026-03-01T22:26:30Z"),
    ],
    "median_shift": 48.0,
    "drift": {
        "unlike": {
            "count": 0,
            "n": 39,
            "share": _share(0.0, 0.0, 0.145, level=0.99),
            "expected": 0.01,
            "limit": 0.02,
            "warns": False,
        },
        "far": {
            "count": 19,
            "n": 39,
            "share": _share(0.487, 0.298, 0.68, level=0.99),
            "expected": 0.5,
            "limit": 0.6,
            "warns": False,
        },
        "warns": False,
    },
    "refused": [{"code": "blank", "n": 1}],
    "read": [
        {"flagged": True, "n": 12, "n_read": 11, "share": _share(0.917, 0.646, 0.985)},
        {"flagged": False, "n": 27, "n_read": 17, "share": _share(0.63, 0.442, 0.785)},
    ],
    "agreements": [
        {
            "reader": None,
            "blinded": False,
            "true_positives": 10,
            "false_positives": 1,
            "true_negatives": 16,
            "false_negatives": 1,
            "n_uncertain": 0,
            "n_without_flag": 0,
            "sensitivity": _share(0.909, 0.623, 0.984),
            "specificity": _share(0.941, 0.73, 0.99),
        }
    ],
    "disk": {"film_bytes": 209_715_200, "free_bytes": 107_374_182_400, "total_bytes": 214_748_364_800},
}

_HEADER_FACTS = {
    "content": "DICOM",
    "bits": 12,
    "modality": "DX",
    "body_part": "CHEST",
    "view_position": "PA",
    "orientation": ["L", "F"],
    "photometric": "MONOCHROME1",
    "transfer_syntax": "JPEG 2000 Image Compression (Lossless Only)",
    "lossy": False,
    "pixel_spacing_mm": [0.139, 0.139],
    "imager_pixel_spacing_mm": [0.139, 0.139],
    "windows": [{"centre": 2048.0, "width": 4096.0}],
    "manufacturer": "Example Medical Systems",
    "model": "Example DR",
    "tube_voltage_kv": 125.0,
    "exposure_mas": 2.0,
}

OF_SCHEMAS: dict[str, dict[str, Any]] = {
    "BundleList": _BUNDLES,
    "DashboardOut": _DASHBOARD,
    "FilmOut": _FILM,
    "FolderAsked": _FOLDER_ASKED,
    "FolderList": _FOLDERS,
    "HeaderFactsOut": _HEADER_FACTS,
    "Health": _HEALTH,
    "Known": _KNOWN,
    "KnownFilms": _KNOWN_ASKED,
    "NamedFilms": _NAMED,
    "OpinionIn": _OPINION,
    "PlaceOut": _PLACE,
    "ReadingList": _READINGS,
    "ReadingOut": _READING,
    "ReceivedFilms": _RECEIVED,
    "ReceivedNames": _RECEIVED_NAMES,
    "RootFolderOut": _ROOT_FOLDER,
    "RootList": _ROOTS,
    "SessionOut": _SESSION,
    "TakeInNow": _TAKE_IN_NOW,
    "TakeInOut": _TAKE_IN,
    "Undone": _UNDONE,
    "WorklistExport": _WORKLIST_EXPORT,
    "WorklistPage": _WORKLIST,
}
"""The example of each schema that a request or an answer has as a whole, by the schema's name."""
