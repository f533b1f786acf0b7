rule draw_history:
    input:
        lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
    output:
        result("figures", "{section}", "{kind}.png"),
    log:
        result("logs", "figures", "{section}", "{kind}.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "{kind}.tsv")
    wildcard_constraints:
        kind="comparison|curves|schedule",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=lambda w: RUNS,
        slice=lambda w: canonical_json(slices.drawing(STUDY, w.section)),
        code=lambda w: code(f"draw-{w.kind}"),
    message:
        "Draw {wildcards.kind} of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-{wildcards.kind} --runs {params.runs} --output {output}"
        " <<< {params.slice:q}"


rule draw_confusion:
    input:
        result("confusion", "{section}.json"),
    output:
        result("figures", "{section}", "confusion.png"),
    log:
        result("logs", "figures", "{section}", "confusion.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "confusion.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw-confusion"),
    message:
        "Draw the confusion matrix of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-confusion --confusion {input} --output {output}"


rule draw_activations:
    input:
        lambda w: shown_activations(w.section),
    output:
        result("figures", "{section}", "activations.png"),
    log:
        result("logs", "figures", "{section}", "activations.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "activations.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=lambda w: RUNS,
        slice=lambda w: canonical_json(slices.drawing_of_activations(STUDY, w.section)),
        code=lambda w: code("draw-activations"),
    message:
        "Draw activations of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-activations --runs {params.runs} --output {output}"
        " <<< {params.slice:q}"


rule draw_errors:
    input:
        result("errors", "{section}.json"),
    output:
        result("figures", "{section}", "{kind}.png"),
    log:
        result("logs", "figures", "{section}", "{kind}.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "{kind}.tsv")
    wildcard_constraints:
        kind="calibration|recalls",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code(f"draw-{w.kind}"),
    message:
        "Draw {wildcards.kind} of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-{wildcards.kind} --errors {input} --output {output}"


rule draw_mistakes:
    input:
        errors=result("errors", "{section}.json"),
        pictures=result("errors", "{section}.npz"),
    output:
        result("figures", "{section}", "mistakes.png"),
    log:
        result("logs", "figures", "{section}", "mistakes.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "mistakes.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw-mistakes"),
    message:
        "Draw mistakes of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-mistakes --errors {input.errors} --pictures {input.pictures}"
        " --output {output}"


rule draw_grid:
    input:
        result("grids", "{section}.json"),
    output:
        result("figures", "{section}", "grid.png"),
    log:
        result("logs", "figures", "{section}", "grid.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "grid.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw-grid"),
    message:
        "Draw the grid of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-grid --grid {input} --output {output}"
