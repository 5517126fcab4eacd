"""What the sync server saves a second, and what it needs for it."""

from __future__ import annotations

from tests.bench import saves
from tests.bench.figures import Budget, Figure
from tests.bench.registry import Effort, benchmark


@benchmark("saves", "Saves of ten boxes by eight people at once, and the server's start and memory")
def saving(effort: Effort) -> list[Figure]:
    found = saves.main()
    count = saves.CLIENTS * (saves.SAVES - saves.WARM_UP)
    figures = [
        Figure("saves a second", found["saves_per_s"], "1/s", Budget("≥", 1100), count),
        Figure("save, p50", found["p50_ms"], "ms", None, count),
        Figure("save, p95", found["p95_ms"], "ms", Budget("≤", 50), count),
        Figure("server start", found["server_start_s"] * 1000, "ms", Budget("≤", 1500)),
    ]
    # Only Linux tells the memory of a process in a file.
    if "server_peak_rss_mb" in found:
        figures += [
            Figure("server memory at rest", found["idle_server_rss_mb"], "MB", Budget("≤", 100)),
            Figure("server memory at its highest", found["server_peak_rss_mb"], "MB", Budget("≤", 100)),
        ]
    return figures
