"""A form as it comes (multipart/form-data): its fields, and its files one after the other in one spool.

Starlette's own reader gives each file a spool with memory of its own: 64 files of a megabyte in each of some dozen
requests that never end take gigabytes, or all the files that a process may have open.
"""

import re
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from firstread.edges.web.film_spool import Spool
from firstread.edges.web.problems import Problem

__all__ = ["Form", "FormFile", "FormReader"]

_MOST_FIELDS = 4
# What comes after so much of a field is left out: nothing here is as long.
_LONGEST_FIELD = 1024
# What would end a name, or its header, as browsers write it (WHATWG HTML, "Multipart form data"). They leave the
# percent sign as it is. So a file that is really called "%22" cannot be told from one with a quote in its name:
# browsers' own forms have the same ambiguity, and it is read as they mean it most often.
_ESCAPED = {b"%22": b'"', b"%0D": b"\r", b"%0A": b"\n"}


@dataclass(slots=True)
class FormFile:
    """A file of a form: a window on the form's spool.

    Args:
        field: What the form calls it.
        filename: What it is called where it comes from, with its path.
    """

    field: str
    filename: str
    _spool: Spool
    _start: int
    _n_bytes: int = 0
    _at: int = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most so many; all that are left when negative."""
        left = self._n_bytes - self._at
        data = self._spool.read_at(self._start + self._at, left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def seek(self, offset: int, /) -> int:
        """Go on reading at a byte."""
        self._at = min(offset, self._n_bytes)
        return self._at

    def end_at(self, end: int) -> None:
        """Say where in the spool it ends."""
        self._n_bytes = end - self._start


@dataclass(frozen=True, slots=True)
class Form:
    """What came.

    Args:
        fields: By name; of several with one name the last.
        files: In their order.
    """

    fields: dict[str, str] = field(default_factory=dict)
    files: list[FormFile] = field(default_factory=list)


class FormReader:
    """Reads a form part by part.

    Args:
        content_type: Of the request.
        spool: Where its files go.
        most_files: It may hold.

    Raises:
        Problem: 400 if this is no type of such a form.
    """

    def __init__(self, content_type: str, spool: Spool, *, most_files: int) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise _no_form()
        self.form = Form()
        self._spool, self._most_files = spool, most_files
        self._header_name, self._header_value, self._disposition = b"", b"", b""
        self._field: tuple[str, bytearray] | None = None
        self._fields_seen = 0
        self._is_whole = False
        # Of the spool, once what is pending is in it.
        self._end = 0
        self._pending: list[bytes] = []
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._hear_name,
                "on_header_value": self._hear_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._open,
                "on_part_data": self._hear,
                "on_part_end": self._close,
                "on_end": self._finish,
            },
        )

    async def take(self, data: bytes) -> None:
        """Read the next part of the request's body.

        Raises:
            Problem: 400 if it is none of such a form, 413 if there are too many files.
            OSError: If TMPDIR has no room for it.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _no_form() from error
        if self._pending:
            files, self._pending = b"".join(self._pending), []
            await self._spool.append(files)

    def end(self) -> Form:
        """Return the form, which has come whole.

        Raises:
            Problem: 400 if it has not.
        """
        if not self._is_whole:
            raise _no_form()
        return self.form

    def _begin(self) -> None:
        self._disposition, self._field = b"", None

    def _hear_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _hear_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name, self._header_value = b"", b""

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise _no_form()
        name = _text(options[b"name"])
        if b"filename" not in options:
            self._fields_seen += 1
            if self._fields_seen > _MOST_FIELDS:
                raise _no_form()
            self._field = (name, bytearray())
            return
        if len(self.form.files) == self._most_files:
            raise Problem(
                413,
                detail=f"A request may hold at most {self._most_files} films; more came. Send them in several.",
            )
        self.form.files.append(FormFile(name, _file_name(options[b"filename"]), self._spool, self._end))

    def _hear(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._pending.append(data[start:end])
            self._end += end - start
        elif len(self._field[1]) <= _LONGEST_FIELD:
            self._field[1].extend(data[start:end])

    def _close(self) -> None:
        if self._field is None:
            self.form.files[-1].end_at(self._end)
        else:
            name, value = self._field
            self.form.fields[name] = _text(bytes(value))

    def _finish(self) -> None:
        self._is_whole = True


def _file_name(data: bytes) -> str:
    return _text(re.sub(rb"%22|%0D|%0A", lambda escaped: _ESCAPED[escaped[0]], data))


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _no_form() -> Problem:
    return Problem(400, detail="The body must be a form with films (multipart/form-data).")
