rule summarise:
    input:
        runs("metrics.json", STUDY.experiments),
        runs("history.csv", STUDY.experiments),
    output:
        result("summary.csv"),
    log:
        result("logs", "summarise.log"),
    benchmark:
        result("benchmarks", "summarise.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        runs=lambda w: RUNS,
        states=lambda w: STATES,
        # What each run has to be; one that is not (copied, forged, outdated) is refused.
        slice=canonical_json(expected_runs()),
        code=lambda w: code("summarise"),
    message:
        "Verify and summarise all runs"
    shell:
        "convstudy --log {log} summarise --runs {params.runs} --states {params.states}"
        " --output {output} <<< {params.slice:q}"


rule confusion:
    input:
        # By their records the runs are compared, and a change of their (large) predictions is seen.
        metrics=lambda w: runs("metrics.json", STUDY.sections[w.section]["experiments"]),
        predictions=lambda w: ancient(
            runs("predictions.npz", STUDY.sections[w.section]["experiments"])
        ),
    output:
        result("confusion", "{section}.json"),
    log:
        result("logs", "confusion", "{section}.log"),
    benchmark:
        result("benchmarks", "confusion", "{section}.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        runs=lambda w: RUNS,
        slice=lambda w: canonical_json(slices.confusion(STUDY, w.section)),
        code=lambda w: code("confusion"),
    message:
        "Confusion of classes in section {wildcards.section}"
    shell:
        "convstudy --log {log} confusion --runs {params.runs} --output {output}"
        " <<< {params.slice:q}"


rule analyse:
    input:
        summary=result("summary.csv"),
        # By their records a change of the (large) predictions is seen.
        metrics=runs("metrics.json", STUDY.experiments),
        predictions=ancient(runs("predictions.npz", STUDY.experiments)),
        measured=measured(),
    output:
        comparisons=result("comparisons.json"),
        claims=result("claims.json"),
    log:
        result("logs", "analyse.log"),
    benchmark:
        result("benchmarks", "analyse.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        runs=lambda w: RUNS,
        timing=lambda w: TIMING,
        slice=canonical_json(slices.analysis(STUDY)),
        code=lambda w: code("analyse"),
    message:
        "Compare experiments and decide claims"
    shell:
        "convstudy --log {log} analyse --summary {input.summary} --runs {params.runs}"
        " --timing {params.timing} --comparisons {output.comparisons} --claims {output.claims}"
        " <<< {params.slice:q}"
