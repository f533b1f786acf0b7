"""What verification found: faults, and what each part of a study was held against."""

from dataclasses import dataclass, field


@dataclass
class Findings:
    faults: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)  # computed or made again
    digests: list[str] = field(default_factory=list)  # compared with a checksum on record
    open: list[str] = field(default_factory=list)  # neither

    def spelt(self) -> str:
        """What was done, for the screen."""
        parts = {
            "Computed again, and the same": self.again,
            "Compared with a checksum on record, not computed again": self.digests,
            "Not checked": self.open,
        }
        return "\n".join(
            "\n  - ".join([f"{head}:", *lines]) for head, lines in parts.items() if lines
        )
