"""The claims of a section, drawn as those of the study are."""

import json

from convstudy.figures import tables, verdicts
from convstudy.figures.drawing import parse

LIKE = {"kind": "greater", "metric": "test_accuracy", "bound": 0.0, "verdict": "supported"}
DECIDED = {
    "first": {**LIKE, "section": "s", "estimate": 0.02, "low": 0.01, "high": 0.03},
    "second": {**LIKE, "section": "s", "estimate": 0.2, "low": 0.1, "high": 0.3},
    "compound": {**LIKE, "section": "s", "estimate": None, "low": None, "high": None},
    "elsewhere": {**LIKE, "section": "t", "estimate": 0.5, "low": 0.4, "high": 0.6},
}


def test_those_of_the_section_alone_in_its_order(tmp_path, make, house_style):
    (tmp_path / "claims.json").write_text(json.dumps({"claims": DECIDED}))
    asked = [{"claim": n, "says": f"claim {n}"} for n in ("second", "compound", "first")]
    drawing = parse(make.job({"net": 0}, claims=asked))
    figure = verdicts.draw(drawing, tables.read("claims", tmp_path, "s", drawing))
    (axis,) = figure.axes
    assert [one.get_text() for one in axis.get_yticklabels()] == ["claim second", "claim first"]
    points = [line.get_xdata()[0] for line in axis.lines if line.get_gid() == "supported"]
    assert points == [20, 2]
    assert figure.get_suptitle() == "Section · MNIST"
