"""Importing the package and `--help` take at most 0.3 s, one ordinary document at most 1 s, cold.

Each is a fresh process, wall time from its start to its end, Python's own start included. The files
are in the operating system's cache after the first run, which is not counted, and modules are compiled,
as pip leaves them, whatever this environment says of writing bytecode.

**Right as well:** none of them imports ray, and the document's Markdown is that of the library.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from corpus import arguments
from measuring import ROOT, Child, compiled_in, median, run, tore_export, write_result

DOCUMENT = ROOT / "src/tore_export/samples/documents/manuals/hand_pump.tore"
RUNS = 9
NO_RAY = "import sys; assert 'ray' not in sys.modules, 'ray was imported'"


def figures_of(children: list[Child]) -> dict[str, float]:
    return {
        "wall_seconds": median([child.wall_seconds for child in children]),
        "fastest_wall_seconds": round(min(child.wall_seconds for child in children), 3),
        "processor_seconds": median([child.processor_seconds for child in children]),
    }


def main() -> None:
    arguments(__doc__)
    document = DOCUMENT
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.md"
        compiled = compiled_in(folder)
        importing = (sys.executable, "-c", f"import tore_export; {NO_RAY}")
        commands = {
            "python_alone": lambda: run(sys.executable, "-c", "pass", environment=compiled),
            "import": lambda: run(*importing, environment=compiled),
            "help": lambda: tore_export("--help", environment=compiled),
            "one_document": lambda: tore_export(document, "--output", out, environment=compiled),
        }
        figures: dict[str, object] = {}
        for name, command in commands.items():
            command()
            figures[name] = figures_of([command() for _ in range(RUNS)])
        check = (
            "import sys\n"
            "from tore_export.cli.main import main\n"
            "for words in (['--help'], [sys.argv[1], '--output', sys.argv[2]]):\n"
            "    try: main(words)\n"
            "    except SystemExit: pass\n" + NO_RAY
        )
        written = out.read_text(encoding="utf-8")
        run(sys.executable, "-c", check, document, out)
        from tore_export import FinetuningTextExporter

        assert written == out.read_text(encoding="utf-8")
        assert written == FinetuningTextExporter().export_markdown(str(document))
    figures |= {
        "document_bytes": document.stat().st_size,
        "runs": RUNS,
        "wanted": {"import": 0.3, "help": 0.3, "one_document": 1.0},
    }
    write_result("start_up", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
