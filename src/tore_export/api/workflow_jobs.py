"""What a workflow's configuration asks for: files of each document, a dataset, or both; and where."""

from __future__ import annotations

from collections.abc import Sequence

from tore_export.api.batch import batch_run
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine.run import Run
from tore_export.errors import ConfigError
from tore_export.observe.progress import OnProgress
from tore_export.storage.files import join
from tore_export.storage.layout import Layout

__all__ = ["as_training", "formats_of", "makes_dataset", "outputs_of", "runs_of"]


def makes_dataset(config: ExportConfig) -> bool:
    """Tell whether a dataset is asked for.

    >>> makes_dataset(TrainingConfig()), makes_dataset(ExportConfig())
    (True, False)
    """
    said = config.workflow.dataset
    return (
        said
        if said is not None
        else isinstance(config, TrainingConfig) and not config.workflow.formats
    )


def formats_of(config: ExportConfig) -> tuple[str, ...]:
    """Return the formats that documents are written in; the default one where nothing is asked for.

    >>> formats_of(TrainingConfig()), formats_of(ExportConfig())
    ((), ('markdown',))
    """
    if config.workflow.formats or makes_dataset(config):
        return tuple(dict.fromkeys(config.workflow.formats))
    return (config.default_format,)


def as_training(config: ExportConfig) -> TrainingConfig:
    """Return what makes the dataset. **Raises** ConfigError where it cannot."""
    if isinstance(config, TrainingConfig):
        return config
    return TrainingConfig.model_validate(config.model_dump(exclude_defaults=True))


def outputs_of(config: ExportConfig, output: str) -> dict[str, str]:
    """Return where the jobs `files` and `dataset` write: where both are asked for, below `output`.

    **Raises** ConfigError where both are to be in one file.

    >>> outputs_of(TrainingConfig(workflow={"formats": "markdown", "dataset": True}), "out")
    {'files': 'out/files', 'dataset': 'out/dataset'}
    """
    names = [("files", bool(formats_of(config))), ("dataset", makes_dataset(config))]
    asked = [name for name, is_asked in names if is_asked]
    if len(asked) == 1:
        return {asked[0]: output}
    if Layout(output).is_file:
        raise ConfigError(
            "workflow.output: a dataset and files of documents need a folder", found=output
        )
    return {name: join(output, name) for name in asked}


def runs_of(
    paths: Sequence[str], config: ExportConfig, output: str, on_progress: OnProgress
) -> dict[str, Run]:
    """Return the runs of a workflow, by job; nothing has started yet. **Raises** as each does."""
    own = config.workflow
    runs = {}
    for name, where in outputs_of(config, output).items():
        if name == "files":
            runs[name] = batch_run(
                paths,
                where,
                formats_of(config),
                config,
                filter_quality=own.filter_quality,
                on_progress=on_progress,
                restart=own.restart,
            )
        else:
            runs[name] = dataset_run(
                paths, where, as_training(config), on_progress=on_progress, restart=own.restart
            )
    return runs
