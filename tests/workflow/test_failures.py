"""What failed is said again after everything that Snakemake prints."""

from failures import messages


def test_each_failed_job_speaks_once_and_one_that_was_killed_is_named(tmp_path):
    jobs = {"a": "epoch 1\nconvstudy train: no.\n  Do this.\n", "b": "epoch 1\n", "c": None}
    for name, text in jobs.items():
        if text is not None:
            (tmp_path / name).write_text(text)
    block = "Error in rule train:\n    message: None\n    log: {} (check log file(s) for error details)\n"
    main = tmp_path / "main.log"
    main.write_text("".join(block.format(tmp_path / name) for name in [*jobs, "a"]))
    said = list(messages([str(main)]))
    assert said[0] == "convstudy train: no.\n  Do this."
    assert said[1].startswith(f"{tmp_path}/b: ends without a message; was the job killed")
    assert said[2].startswith(f"{tmp_path}/c: ends without a message; was the job killed")
    assert len(said) == 3
