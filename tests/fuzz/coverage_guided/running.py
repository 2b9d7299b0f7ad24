"""Start the process in which libFuzzer runs, and read what it says."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.coverage_guided.target import Target

SAID_EVERY = 15  # seconds
PATIENCE = 60  # seconds, for one input, however busy the machine is
MEMORY = 1536  # MiB
STATUS = re.compile(
    r"#(?P<runs>\d+)\s+(?P<event>\w+)\s+cov: (?P<edges>\d+) ft: (?P<features>\d+) corp: (?P<corpus>\d+)"
)
QUIET = (
    "INFO: ",
    "WARNING: Failed to find",
    "Dictionary: ",
    "Done ",
    "stat::",
    '"',
    "######",
    "artifact_prefix",
)
WRITTEN = re.compile(r"Test unit written to (.*)")


def run(target: Target, seconds: int, corpus: Path, folder: Path) -> list[Path]:
    """Run *target* for so long; return the files of inputs that raise, hang or take too much memory."""
    for each in (corpus, folder / "findings", folder / "seeds"):
        each.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds()):
        (folder / "seeds" / f"{number}").write_bytes(data)
    (folder / "words").write_text("".join(map(spelled, target.words)), encoding="ascii")
    written: list[Path] = []
    status, said_at, other = "no run", time.monotonic(), list[str]()
    for line in lines_of(target, seconds, corpus, folder):
        if found := STATUS.match(line):
            status = shown(found)
            if time.monotonic() - said_at > SAID_EVERY:
                say(f"{target.name}: {status}")
                said_at = time.monotonic()
        elif found := WRITTEN.search(line):
            written.append(Path(found[1]))
        elif not line.startswith(QUIET):
            other.append(line)
    if written or status == "no run":
        say("".join(other[-60:]))
    say(f"{target.name}: {status}, {len(written)} findings; the corpus is {corpus}")
    return written


def lines_of(target: Target, seconds: int, corpus: Path, folder: Path) -> Iterator[str]:
    """Yield what libFuzzer says while it runs."""
    flags = [
        f"-max_total_time={seconds}", f"-max_len={target.max_bytes}", f"-timeout={PATIENCE}",
        f"-report_slow_units={PATIENCE}",
        f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={folder / 'findings'}/", "-print_final_stats=1",
        "-detect_leaks=0",
    ]  # fmt: skip
    if target.words:
        flags.append(f"-dict={folder / 'words'}")
    kept = [target.kept] if target.kept.is_dir() else []
    folders = [str(each) for each in (corpus, folder / "seeds", *kept)]
    traced = "comparisons" if target.traces_comparisons else "edges"
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.coverage_guided.child",
        target.name,
        traced,
        *flags,
        *folders,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield from process.stdout
    finally:
        process.terminate()
        process.wait()


def spelled(word: bytes) -> str:
    """Return a line of a dictionary, in libFuzzer's form."""
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return '"' + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in word) + '"\n'


def shown(status: re.Match[str]) -> str:
    runs, edges, features, corpus = (int(status[name]) for name in ("runs", "edges", "features", "corpus"))
    return f"{runs:,} executions, {edges:,} edges, {features:,} features, {corpus:,} inputs in the corpus"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
