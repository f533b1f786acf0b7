"""Where the workflow is that this package belongs to: the checkout that is installed."""

from pathlib import Path

WORKFLOW = Path(__file__).parents[2] / "workflow"


def part(name: str) -> Path:
    """That part of the workflow: of the study's own folder if it holds one, or of the checkout."""
    own = Path("workflow", name)
    return own if own.exists() else WORKFLOW / name
