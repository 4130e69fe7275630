"""Short programs to begin with: `python -m tore_export.examples.basic_export documents/ output/`."""
