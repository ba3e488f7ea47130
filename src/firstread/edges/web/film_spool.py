"""Room for a form on its way: little of it waits in memory, the rest in TMPDIR, and it is stored once all have come."""

import tempfile

import anyio.to_thread

from firstread.config_sections import MIB

__all__ = ["Spool", "SpoolMemory"]


class SpoolMemory:
    """The memory that all forms on their way may take together: there may be hundreds.

    Args:
        most_bytes: Of all.
        most_bytes_of_one: Of a single form.
    """

    def __init__(self, most_bytes: int = 64 * MIB, *, most_bytes_of_one: int = 8 * MIB) -> None:
        self._free_bytes = most_bytes
        self.most_bytes_of_one = most_bytes_of_one

    def take(self, n_bytes: int) -> bool:
        """Take some of it; False when so much is not left."""
        if n_bytes > self._free_bytes:
            return False
        self._free_bytes -= n_bytes
        return True

    def give_back(self, n_bytes: int) -> None:
        """Leave to others what was taken."""
        self._free_bytes += n_bytes


class Spool:
    """Bytes that come one after the other, in memory while there is room for them and then in one file of TMPDIR.

    Args:
        memory: Shared with the other forms; used by one thread alone, that of the requests.
    """

    def __init__(self, memory: SpoolMemory) -> None:
        self._memory = memory
        # It has no limit of its own: it goes to the disk when it is told to.
        self._file = tempfile.SpooledTemporaryFile()  # noqa: SIM115  # closed by `close`
        self._held_bytes = 0
        self._is_on_disk = False
        self.n_bytes = 0

    async def append(self, data: bytes) -> None:
        """Add bytes at the end.

        Raises:
            OSError: If TMPDIR has no room for them.
        """
        self.n_bytes += len(data)
        if self._takes(len(data)):
            self._file.write(data)
            return
        await anyio.to_thread.run_sync(self._append_on_disk, data)
        self._is_on_disk = True
        self._let_go()

    def read_at(self, start: int, n_bytes: int) -> bytes:
        """Return bytes from a place on, as many as there are; once all have come."""
        self._file.seek(start)
        return self._file.read(n_bytes)

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()
        self._let_go()

    def _takes(self, n_bytes: int) -> bool:
        if self._is_on_disk or self._held_bytes + n_bytes > self._memory.most_bytes_of_one:
            return False
        is_taken = self._memory.take(n_bytes)
        if is_taken:
            self._held_bytes += n_bytes
        return is_taken

    def _append_on_disk(self, data: bytes) -> None:
        self._file.rollover()  # does nothing the second time
        self._file.write(data)

    def _let_go(self) -> None:
        self._memory.give_back(self._held_bytes)
        self._held_bytes = 0
