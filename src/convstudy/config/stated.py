"""What the reproduced study states of its networks, by section. Imports nothing."""

from typing import Any

Values = dict[str, Any]


def stated_values(published: Values, section: str, source: str = "results") -> dict[str, Values]:
    """Values by experiment: in this section, where it was trained again for it.

    `source`: `results` of the text, or its `log`; of an experiment that it lacks nothing.
    """
    again = published["sections"].get(section, {}) if source == "results" else {}
    return {
        name: {**one.get(source, {}), **again.get(name, {})}
        for name, one in published["experiments"].items()
    }
