"""Learning rates as the runs recorded them."""

from convstudy.figures import schedule, tables
from convstudy.figures.drawing import parse


def test_experiments_with_the_same_rates_share_a_line(tmp_path, make):
    job = make.job({"a": 0, "b": 1, "c": 2})
    make.runs(tmp_path, job, epochs=3)
    drawing = parse(job)
    found = tables.read("histories", tmp_path, "section", drawing)
    falls = found["experiment"] == "c"
    found.loc[falls, "learning_rate"] = 0.1 / found.loc[falls, "epoch"]
    figure = schedule.draw(drawing, found)
    constant, falling = figure.axes[0].lines
    assert constant.get_label() == "network a; network b"
    assert constant.get_ydata().tolist() == [0.001] * 3
    assert falling.get_ydata().tolist() == [0.1, 0.05, 0.1 / 3]
