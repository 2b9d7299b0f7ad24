"""P7: a process with other hashes of texts gives the same answers, in the same words and order."""

import atexit
import functools
import hashlib
import os
import pickle
import struct
import subprocess
import sys
from typing import IO, Any

from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject, Told
from tests.same import KNOWN_MODULES

SIZE = struct.Struct(">I")


def check(subject: Subject, tally: Tally) -> None:
    try:
        packed = pickle.dumps((subject.part, [(given.part, given.context_part) for given in subject.cases]))
    except RecursionError:
        tally.excluded("P7", "too deep to be sent to the other process", len(subject.cases))
        return
    here, there = digests(subject), _twin().ask(packed)
    assert here[0] == there[0], f"P7: another source\n{subject.source}"
    for given, one, other in zip(subject.cases, here[1:], there[1:], strict=True):
        assert one == other, f"P7: another process says something else\n{shown(given)}"
    tally.compared("P7", len(subject.cases))


def digests(subject: Subject) -> list[bytes]:
    """Return a digest of the source, and one of what is said of each case."""
    return [_digest(subject.source), *(_digest(spelled(given.told)) for given in subject.cases)]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="backslashreplace"), digest_size=8).digest()


def spelled(told: Told) -> str:
    """Return all that was said as text, the same in each process."""
    if told.kind == "refused":
        return ascii([told.text, told.issues, type(told.content.__cause__).__name__])
    if told.kind == "broken":
        return ascii([type(told.content).__name__, str(told.content)])
    found: list[str] = []
    waiting, met = [told.content], dict[int, int]()
    while waiting:
        part = waiting.pop()
        kind = type(part)
        found.append(f"{kind.__module__}.{kind.__qualname__}")
        if kind in (dict, list):
            if id(part) in met:
                found.append(f"again {met[id(part)]}")
                continue
            met[id(part)] = len(met)
            found.append(str(len(part)))
            waiting.extend(part if kind is list else [one for item in part.items() for one in item])
        elif kind in (str, int, float, bool, bytes, type(None)) or kind.__module__ in KNOWN_MODULES:
            found.append(ascii(part) if kind is not int or part.bit_length() < 5_000 else hex(part))
    return "\n".join(found)


class Twin:
    """A second process that answers for the same subjects."""

    def __init__(self) -> None:
        seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.properties.other_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        atexit.register(self.close)

    def ask(self, packed: bytes) -> list[bytes]:
        """Return the digests of the subject that *packed* holds."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(SIZE.pack(len(packed)) + packed)
        stdin.flush()
        answer: list[bytes] = pickle.loads(_read(stdout))
        return answer

    def close(self) -> None:
        """End the process."""
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()
        self._process.wait(20)


@functools.cache
def _twin() -> Twin:
    return Twin()


def _read(stream: IO[bytes]) -> bytes:
    head = stream.read(SIZE.size)
    return stream.read(SIZE.unpack(head)[0]) if len(head) == SIZE.size else b""


def main() -> None:
    """Answer, until nobody asks any more."""
    while packed := _read(sys.stdin.buffer):
        part, cases = pickle.loads(packed)
        subject = Subject(part)
        for given in cases:
            subject.add(*given)
        answer: Any = pickle.dumps(digests(subject))
        sys.stdout.buffer.write(SIZE.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


PROPERTY = Property("P7", "a process with other hashes says the same", check, share=0.05)
if __name__ == "__main__":
    main()
