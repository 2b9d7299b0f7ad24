"""Run the benchmarks: all of them, or those that are named.

What is found is printed as Markdown. With ``--write`` it is also kept in
``benchmarks/results/`` and put into ``docs/explanation/speed.md``.
Exit 1: a validation takes more instructions than its budget; 2: a question could not be asked.
"""

import argparse
import sys

from benchmarks import (
    cold,
    compare,
    contracts,
    errors,
    from_json,
    growth,
    http,
    instructions,
    memory,
    replay,
    stubs,
)
from benchmarks.chart import draw
from benchmarks.question import CannotAnswerError, Found, Question, Scope
from benchmarks.report import CHART, keep, kept, write_section

QUESTIONS: dict[str, Question] = {
    "peers": compare,
    "json": from_json,
    "errors": errors,
    "http": http,
    "growth": growth,
    "memory": memory,
    "cold": cold,
    "stubs": stubs,
    "contracts": contracts,
    "replay": replay,
    "instructions": instructions,
}


def main(arguments: list[str]) -> int:
    parser = command()
    options = parser.parse_args(arguments)
    for name in options.questions:
        if name not in QUESTIONS:
            parser.error(f"there is no question {name}: choose from {', '.join(QUESTIONS)}")
    scope = Scope(options.quick, options.workloads, options.peers)
    if (options.write or options.update) and not scope.is_whole:
        parser.error("--write and --update are for whole runs")
    names = options.questions or QUESTIONS
    if options.redraw:
        names = [name for name in names if name != "instructions"]
    status = 0
    for name in names:
        try:
            found = answer(name, scope, write=options.write, redraw=options.redraw)
        except CannotAnswerError as error:
            print(error, file=sys.stderr)
            return 2
        if name == "instructions":
            status = guard(found, update=options.update)
    return status


def command() -> argparse.ArgumentParser:
    questions = [f"{name:13} {first_line(module)}" for name, module in QUESTIONS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="\n".join(["questions:", *questions]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("questions", nargs="*", metavar="QUESTION", help="see below; all if left out")
    add("--quick", action="store_true", help="fewer rounds and sizes: to steer by, not to publish")
    add("--workloads", nargs="+", default=(), metavar="W3", help="these workloads only")
    add("--peers", nargs="+", default=(), metavar="NAME", help="ours and these peers only")
    add("--write", action="store_true", help="keep the results and put them into the page")
    add("--redraw", action="store_true", help="measure nothing: write the page from what was kept")
    add("--update", action="store_true", help="make the instructions of now the budget")
    return parser


def first_line(question: Question) -> str:
    return (question.__doc__ or "").partition("\n")[0]


def answer(name: str, scope: Scope, *, write: bool, redraw: bool) -> Found:
    question = QUESTIONS[name]
    found = kept(name) if redraw else question.measure(scope)
    section = question.markdown(found)
    print(f"{first_line(question)}\n\n{section}\n", flush=True)
    if (write or redraw) and name != "instructions":  # those have their budget
        publish(name, found, section)
    return found


def publish(name: str, found: Found, section: str) -> None:
    keep(name, found)
    write_section(name, section)
    if name == "peers":
        CHART.write_text(draw(found), encoding="utf-8")


def guard(found: Found, *, update: bool) -> int:
    if update:
        instructions.update_budget(found)
        return 0
    complaints = instructions.complaints(found)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
