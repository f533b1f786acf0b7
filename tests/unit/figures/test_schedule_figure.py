"""Learning rates as the runs recorded them."""

import csv

from convstudy.figures import histories, schedule
from convstudy.figures.drawing import parse


def test_experiments_with_the_same_rates_share_a_line(tmp_path, make):
    job = make.job({"a": 0, "b": 1, "c": 2})
    make.runs(tmp_path, job, epochs=3)
    for path in tmp_path.glob("c/*/history.csv"):
        rows = list(csv.DictReader(path.open()))
        for row in rows:
            row["learning_rate"] = str(0.1 / int(row["epoch"]))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    drawing = parse(job)
    figure = schedule.draw(drawing, histories.read_all(tmp_path, drawing.experiments))
    constant, falling = figure.axes[0].lines
    assert constant.get_label() == "network a; network b"
    assert constant.get_ydata().tolist() == [0.001] * 3
    assert falling.get_ydata().tolist() == [0.1, 0.05, 0.1 / 3]
