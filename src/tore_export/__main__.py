"""`python -m tore_export` is `tore-export`."""

from tore_export.cli.main import main

main()
