"""The pages say what is true: every example runs, every link leads somewhere, every table is complete.

A block of Python with ``>>>`` is a doctest, any other is executed; one page is one program. Text that a
page tells its reader to save is a file beside that program, which has to import what it wants of it, and a
console block of ``kbn-schema`` commands is run there.
"""

import ast
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from kbn_schema import messages, schema
from kbn_schema.messages import Message
from tests.conformance.test_config_schema import EXEMPT_CASES, EXEMPT_TAGS
from tests.examples import EXAMPLES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*PAGES, *sorted((ROOT / ".github").rglob("*.md"))]
LANGUAGES = {"python", "console", "json", "yaml", "toml", "text"}

# Sessions that are held to be true; the others install things, or serve, see test_served_pages.py.
REPLAYED = (
    *(
        f"$ kbn-schema {name}"
        for name in ("validate", "stubs", "openapi", "snapshot", "diff", "replay", "lint")
    ),
    *("$ mypy", "$ pyright", "$ sed", "$ cat", "$ head", "$ git", "$ mv"),
)
# The day on which the sessions were written: some answers name the next version of a route.
THEN = "1795305600"  # 2026-11-22
PROGRAMS = {"kbn-schema": "kbn_schema", "mypy": "mypy", "pyright": "pyright"}
PROGRAM = re.compile(rf"^(?:{'|'.join(PROGRAMS)})\b")

FENCE = re.compile(r"^```(?P<language>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED_AS = re.compile(r"Save this as `([^`]+)`[.:]\s*\Z")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@attrs.frozen
class Block:
    """A fenced block: its *line* in the page, and the name of the *file* it is to be saved as, if any."""

    page: Path
    line: int
    language: str
    text: str
    file: str | None

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"

    @property
    def is_doctest(self) -> bool:
        return re.search(r"^>>>", self.text, re.MULTILINE) is not None

    @property
    def is_program(self) -> bool:
        return self.is_doctest or bool(ast.parse(self.text).body)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks_of(page: Path) -> list[Block]:
    content = page.read_text(encoding="utf-8")
    blocks: list[Block] = []
    for match in FENCE.finditer(content):
        saved_as = SAVED_AS.search(content[: match.start()])
        line = content.count("\n", 0, match.start()) + 2
        file = saved_as[1] if saved_as else None
        blocks.append(Block(page, line, match["language"], match["text"], file))
    return blocks


def prose_of(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    headings = HEADING.findall(prose_of(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


BLOCKS = [block for page in LINKED for block in blocks_of(page)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, in which modules may be written; they are forgotten afterwards."""
    known = dict(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in sys.modules.keys() - known.keys():
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_python_block_runs(page, folder, monkeypatch):
    # A module of its own, so that what looks its globals up finds them; never `__main__`.
    program = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", program)
    for block in blocks_of(page):
        if block.file is not None:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        if block.language != "python":
            continue
        if block.is_doctest:
            run_doctest(block, program)
        elif block.file is None:
            run(block, program)
        else:
            run_file(block, folder / block.file)


def run(block: Block, program: ModuleType) -> None:
    lines = "\n" * (block.line - 1)
    exec(compile(lines + block.text, str(block.page), "exec"), program.__dict__)


def run_file(block: Block, file: Path) -> None:
    """Run *block* as the module that it is saved as; its page has nothing of it but what it imports.

    Once, as a reader's Python does at the import: a second app of the same name is an error of Sanic's.
    """
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    sys.modules[file.stem] = module  # forgotten as those that are read from `folder`
    run(block, module)
    if file.name.startswith("test_"):
        call_tests(module)


def call_tests(module: ModuleType) -> None:
    for name, value in list(vars(module).items()):
        if name.startswith("test_"):
            value()


def run_doctest(block: Block, program: ModuleType) -> None:
    report: list[str] = []
    test = doctest.DocTestParser().get_doctest(
        block.text, program.__dict__, str(block), name_of(block.page), 0
    )
    test.globs = program.__dict__  # the parser copies them, and the next block wants what this one defines
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append, clear_globs=False)

    assert not runner.failures, "".join(report)


@pytest.mark.skipif(os.name == "nt", reason="the pages show a POSIX shell")
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_console_block_of_our_commands_shows_what_they_answer(page, folder):
    for block in blocks_of(page):
        if block.file is not None:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        if block.language == "console" and block.text.startswith(REPLAYED):
            assert told(block.text) == told(replayed(block.text)), str(block)


def told(session: str) -> list[str]:
    """The lines of *session*; of those in which a checker reports something, only where and by which rule.

    The words are the checkers' own, and change with their versions.
    """
    finding = re.compile(r"^.*?(\w+\.py:\d+)\b.*?(?:\[([\w-]+)\])?$")
    rule = re.compile(r"^\s{4}.*\((report\w+)\)$")
    return [rule.sub(r"    \1", finding.sub(r"\1 \2", line)) for line in session.splitlines()]


def replayed(session: str) -> str:
    """Return *session* with the output that its commands give now; ``echo $?`` asks for the last status."""
    shown: list[str] = []
    status = 0
    for command in re.findall(r"^\$ (.+)$", session, re.MULTILINE):
        shown.append(f"$ {command}\n")
        if command == "echo $?":
            shown.append(f"{status}\n")
            continue
        # The same program by another name, so that the script need not be on the path.
        done = subprocess.run(
            ["sh", "-c", PROGRAM.sub(lambda match: f"{sys.executable} -m {PROGRAMS[match[0]]}", command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={
                **os.environ,
                "SOURCE_DATE_EPOCH": THEN,
                # A page changes a module within the second that the age of compiled ones counts in.
                "PYTHONDONTWRITEBYTECODE": "1",
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            },
        )
        status = done.returncode
        shown.append(done.stdout.replace(os.getcwd(), "/home/you"))
    return "".join(shown)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_block_says_what_it_is(block):
    assert block.language in LANGUAGES


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=str)
def test_every_python_block_is_a_doctest_or_a_program(block):
    assert block.is_program
    assert not block.is_doctest or block.text.startswith(">>>")


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    broken = [link for link in LINK.findall(prose_of(page)) if not leads_somewhere(page, link)]

    assert [] == broken


def leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    return target.exists() and (not anchor or anchor in anchors_of(target))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent != ROOT], ids=name_of)
def test_every_page_is_in_the_index(page):
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(prose_of(index))}

    assert page == index or page in linked


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_a_line_holds_one_sentence(page):
    prose = re.sub(r"`[^`\n]*`", "code", prose_of(page))
    lines = [line for line in prose.splitlines() if not line.startswith(("|", "#"))]

    assert [] == [line for line in lines if re.search(r"[a-z)\]][.?!] [A-Z]", line)]


def sentences() -> dict[str, Message]:
    return {name: value for name, value in vars(messages).items() if isinstance(value, Message)}


def rows_of(heading: str) -> list[tuple[str, str]]:
    """Return the rows under a *heading* of the table of issues: a code, and the rest of its row."""
    section = read("docs/reference/issues.md").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", section, re.MULTILINE)
    return [
        (code, rest.replace("\\|", "|")) for codes, rest in rows for code in re.findall(r"`(\w+)`", codes)
    ]


@pytest.mark.parametrize("name", sentences())
def test_every_sentence_is_in_the_table_of_its_code(name):
    message = sentences()[name]
    texts = [text for code, text in rows_of("Codes") if code == message.code]

    assert any(f"`{message.text}`" in text for text in texts)


@pytest.mark.parametrize("heading", ["Codes", "Params"])
def test_every_code_in_a_table_is_one(heading):
    assert {message.code for message in sentences().values()} == {code for code, _ in rows_of(heading)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_param_is_in_the_table_of_its_code(example):
    params = dict(rows_of("Params"))
    issues = [
        issue for value in example.refused for issue in example.schema.issues_of(value, example.context)
    ]

    assert [] == [issue for issue in issues for name in issue.params if f"`{name}`" not in params[issue.code]]


@pytest.mark.parametrize("name", schema.__all__)
def test_every_combinator_has_its_row_and_its_section(name):
    page = read("docs/reference/combinators.md")

    assert re.search(rf"^\| .*`{name}\(", page, re.MULTILINE)
    assert re.search(rf"^### .*`{name}\(", page, re.MULTILINE)


def lines_of_differences() -> list[str]:
    return read("docs/explanation/differences-from-kibana.md").splitlines()


@pytest.mark.parametrize("tag", sorted(EXEMPT_TAGS))
def test_every_exempt_tag_has_its_line(tag):
    assert any(f"`{tag}`" in line for line in lines_of_differences())


@pytest.mark.parametrize("case", EXEMPT_CASES)
def test_every_exempt_case_has_its_line(case):
    assert any(f"`{case}`" in line and EXEMPT_CASES[case] in line for line in lines_of_differences())
