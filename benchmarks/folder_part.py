"""A large folder against the machine's limit: decoding alone, the network alone, one after the other."""

import film_folders
import whole_process
from figures import Figure, Goal, Report, ratio_of
from firstread.inference import bundle as bundles
from workbench import Workbench

__all__ = ["measure"]


def measure(bench: Workbench) -> Report:
    """Return films per second of triage and of the limits measured in the same rounds."""
    n = bench.sizes.folder_films
    folder = bench.folder / "large"
    film_folders.distinct_copies(bench.sources, folder, n=n)
    reduce_to = bundles.load(bench.bundle).recipe.reduce_to or (10**6, 10**6)
    decode = bench.script("machine_limits.py", "decode", folder, bench.sizes.limit_films, *reduce_to)
    network = bench.script(
        "machine_limits.py", "network", bench.bundle / "model.onnx", bench.sizes.limit_films
    )
    triage, decoding, scoring = [], [], []
    for _ in range(bench.sizes.folder_rounds):
        triage.append(n / whole_process.seconds(bench.triage(folder)).seconds)
        bench.require_scored(n)
        decoding.append(float(whole_process.seconds(decode).output))
        scoring.append(float(whole_process.seconds(network).output))
    limit = [1 / (1 / a + 1 / b) for a, b in zip(decoding, scoring, strict=True)]
    ratio = ratio_of(triage, limit)
    return Report(
        (
            Figure(
                f"`firstread triage`, {n:,} films",
                "films/s",
                tuple(triage),
                ratio,
                Goal("≥ 0.80", ratio >= 0.8),
            ),
            Figure("limit: one after the other", "films/s", tuple(limit)),
            Figure("decoding alone, all processors", "films/s", tuple(decoding)),
            Figure("ONNX Runtime alone, all processors", "films/s", tuple(scoring)),
        ),
        f"{n:,} different files made of {bench.films_in_words}; they lie in the file cache. Triage is a whole "
        f"process with its start. Decoding keeps {reduce_to[0]} × {reduce_to[1]} pixels, as the bundle's recipe "
        "asks, to grey, and does nothing else; ONNX Runtime runs as it comes, at its best batch size of 1, 4, 16.",
    )
