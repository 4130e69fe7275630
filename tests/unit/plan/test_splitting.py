"""Splitting: from keys of a configuration to rules and stages."""

from __future__ import annotations

from typing import Any

import pytest

from tore_export.config import TrainingConfig
from tore_export.plan.splitting import split_rules, splitting
from tore_export.stages.fingerprint import Fingerprint
from tore_export.stages.split import Split
from tore_export.stages.split_keys import SplitKeys

SHARES = (("train", 0.9), ("validation", 0.05), ("test", 0.05))


@pytest.mark.parametrize(
    ("options", "stages"),
    [
        ({}, [Split(SHARES)]),
        ({"seed": 3}, [Split(SHARES, seed=3)]),
        ({"split_strategy": "group"}, [Split(SHARES, "group", "source")]),
        ({"split_strategy": "group", "group_by": "title"}, [Split(SHARES, "group", "title")]),
        ({"group_by": "folder"}, [Split(SHARES, "group", "folder")]),
        ({"exact_ratios": True}, [SplitKeys("random")]),
        ({"split_strategy": "group", "exact_ratios": True}, [SplitKeys("group", "source")]),
        ({"split_strategy": "balanced", "group_by": "title"}, [SplitKeys("balanced", "title")]),
        (
            {"split_strategy": "stratified", "stratify_by": "kind", "near_duplicates": 0.7},
            [SplitKeys("stratified", None, "kind"), Fingerprint()],
        ),
    ],
)
def test_each_configuration_has_its_stages(options: dict[str, Any], stages: list[object]) -> None:
    assert splitting(split_rules(TrainingConfig.model_validate(options))) == stages


def test_splits_of_share_zero_are_left_out() -> None:
    config = TrainingConfig.model_validate({"splits": "train=1,test=0", "exact_ratios": True})
    assert split_rules(config).names == ("train",)
