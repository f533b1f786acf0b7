rule summarise:
    input:
        runs("metrics.json", STUDY.experiments),
        runs("history.csv", STUDY.experiments),
    output:
        histories=result("histories.csv"),
        summary=report(
            result("summary.csv"),
            caption="../report/summary.rst",
            category="Tables",
            labels={"table": "summary", "of": "all runs"},
        ),
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
        slice=sliced(expected_runs()),
        code=lambda w: code("summarise"),
    message:
        "Verify and summarise all runs"
    shell:
        "convstudy --log {log} --code {params.code} summarise"
        " --runs {params.runs} --states {params.states}"
        " --output {output.summary} <<< {params.slice:q}"


rule errors:
    input:
        # By their records the runs are compared, and a change of their (large) predictions is seen.
        metrics=lambda w: runs("metrics.json", STUDY.sections[w.section]["experiments"]),
        predictions=lambda w: ancient(
            runs("predictions.npz", STUDY.sections[w.section]["experiments"])
        ),
    output:
        report(
            result("errors", "{section}.json"),
            caption="../report/errors.rst",
            category="Tables",
            labels={"table": "errors", "of": "{section}"},
        ),
    log:
        result("logs", "errors", "{section}.log"),
    benchmark:
        result("benchmarks", "errors", "{section}.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        runs=lambda w: RUNS,
        slice=sliced(lambda w: slices.errors(STUDY, w.section)),
        code=lambda w: code("errors"),
    message:
        "Errors of the best network of section {wildcards.section}"
    shell:
        "convstudy --log {log} --code {params.code} errors --runs {params.runs} --output {output}"
        " <<< {params.slice:q}"


rule analyse:
    input:
        summary=result("summary.csv"),
        histories=result("histories.csv"),
        # By their records a change of the (large) predictions is seen.
        metrics=runs("metrics.json", STUDY.experiments),
        predictions=ancient(runs("predictions.npz", STUDY.experiments)),
        measured=measured(),
    output:
        comparisons=report(
            result("comparisons.json"),
            caption="../report/comparisons.rst",
            category="Tables",
            labels={"table": "comparisons", "of": "all sections"},
        ),
        claims=report(
            result("claims.json"),
            caption="../report/claims.rst",
            category="Tables",
            labels={"table": "claims", "of": "all sections"},
        ),
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
        slice=sliced(slices.analysis(STUDY)),
        code=lambda w: code("analyse"),
    message:
        "Compare experiments and decide claims"
    shell:
        "convstudy --log {log} --code {params.code} analyse"
        " --summary {input.summary} --runs {params.runs}"
        " --timing {params.timing} --comparisons {output.comparisons} --claims {output.claims}"
        " <<< {params.slice:q}"
