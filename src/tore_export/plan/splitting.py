"""What a configuration says of splits: the rules, and the stages that they need."""

from __future__ import annotations

from tore_export.config import TrainingConfig
from tore_export.splits.rules import SplitRules
from tore_export.stages.split import Split
from tore_export.stages.stage import Stage

__all__ = ["split_rules", "splitting"]


def split_rules(config: TrainingConfig) -> SplitRules:
    """Return the rules of a configuration's splits; `against` is filled in by who looked at those.

    >>> split_rules(TrainingConfig()).is_global
    False
    >>> split_rules(TrainingConfig(split_strategy="balanced")).is_global
    True
    """
    group_by = config.group_by
    if group_by is None and config.split_strategy == "group":
        group_by = "source"
    return SplitRules(
        splits=config.split_shares,
        strategy=config.split_strategy,
        group_by=group_by,
        stratify_by=config.stratify_by,
        exact_ratios=config.exact_ratios,
        near_duplicates=config.near_duplicates,
        against=config.against,
        seed=config.seed,
    )


def splitting(rules: SplitRules) -> list[Stage]:
    """Return the stages that split documents, or write down what they are to be split by."""
    if not rules.is_global:
        if rules.group_by is None:
            return [Split(rules.splits, seed=rules.seed)]
        return [Split(rules.splits, "group", rules.group_by, rules.seed)]
    from tore_export.stages.split_keys import SplitKeys

    stages: list[Stage] = [SplitKeys(rules.strategy, rules.group_by, rules.stratify_by)]
    if rules.near_duplicates is not None:
        from tore_export.stages.fingerprint import Fingerprint

        stages.append(Fingerprint())
    return stages
