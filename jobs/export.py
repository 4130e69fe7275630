"""Run `tore-export` on a Ray cluster: `ray job submit -- python jobs/export.py training …`.

Takes the arguments of the command line. On the cluster `--engine ray --address auto` is added where
neither is said, so the same line that runs on a laptop runs there. All logic lives in the package: Ray's
workers cannot import what lives in `__main__`.
"""

from __future__ import annotations

import sys

from tore_export.cli.main import main

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] in (["training"], ["batch"]) and not any(
        argument.partition("=")[0] in ("--address", "--engine") for argument in arguments
    ):
        arguments += ["--engine", "ray", "--address", "auto"]
    main(arguments)
