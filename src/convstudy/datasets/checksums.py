"""A small file beside each raw one, by which Snakemake sees whether its bytes have changed.

Snakemake compares large files by their times, which a copy or `touch` changes.
"""

from pathlib import Path

from convstudy.files import digest, write_text


def note(path: Path) -> None:
    """Write the SHA-256 of `path` to `<path>.sha256`."""
    write_text(path.with_name(f"{path.name}.sha256"), f"{digest(path)}\n")
