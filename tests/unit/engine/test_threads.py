from __future__ import annotations

import platform
import resource

import pytest

from tore_export.engine.threads import reuse_memory


def page_faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc",
    reason="only glibc lets a program set what freed memory it keeps",
)
def test_memory_that_was_freed_is_used_again() -> None:
    reuse_memory()

    def columns() -> int:
        return sum(len(column) for column in [bytearray(3_000_000) for _ in range(10)])

    columns()
    begin = page_faults()
    for _ in range(10):
        columns()
    n_pages = 10 * 10 * 3_000_000 // 4096
    assert page_faults() - begin < n_pages / 10
