"""The process in which libFuzzer runs a target: its name, what is traced, and flags are the arguments.

`running` starts it. Modules of kbn_schema are instrumented as they are imported, and so is what they
generate, where a target says so.
"""

import builtins
import sys
from typing import Any

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]


def main() -> None:
    # Before anything of kbn_schema is imported, and for good, as some of it is imported late.
    hook = atheris.instrument_imports(include=["kbn_schema"])
    hook._trace_dataflow = traces_comparisons = sys.argv[2] == "comparisons"
    hook.__enter__()
    from tests.fuzz.coverage_guided.target import load

    target = load(sys.argv[1])
    if target.traces_generated:
        instrument_generated(traces_comparisons)
    atheris.Setup([sys.argv[0], *sys.argv[3:]], target.judge)
    atheris.Fuzz()


def instrument_generated(traces_comparisons: bool) -> None:
    """Let the compiler of schemas instrument the code that it makes."""
    from kbn_schema.codegen import compiler

    def compile_instrumented(*args: Any, **options: Any) -> Any:
        return atheris.patch_code(builtins.compile(*args, **options), traces_comparisons)

    compiler.compile = compile_instrumented  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
