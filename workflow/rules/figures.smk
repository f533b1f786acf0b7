rule draw_comparison:
    input:
        histories=lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
        comparisons=result("comparisons.json"),
    output:
        result("figures", "{section}", "comparison.png"),
    log:
        result("logs", "figures", "{section}", "comparison.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "comparison.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=lambda w: RUNS,
        slice=lambda w: canonical_json(slices.drawing(STUDY, w.section)),
        code=lambda w: code("draw-comparison"),
    message:
        "Draw comparison of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-comparison --runs {params.runs}"
        " --comparisons {input.comparisons} --output {output} <<< {params.slice:q}"


rule draw_curves:
    input:
        lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
    output:
        result("figures", "{section}", "curves.png"),
    log:
        result("logs", "figures", "{section}", "curves.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "curves.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=lambda w: RUNS,
        slice=lambda w: canonical_json(slices.drawing(STUDY, w.section)),
        code=lambda w: code("draw-curves"),
    message:
        "Draw curves of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-curves --runs {params.runs} --output {output}"
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


rule draw_forest:
    input:
        result("claims.json"),
    output:
        result("figures", "forest.png"),
    log:
        result("logs", "figures", "forest.log"),
    benchmark:
        result("benchmarks", "figures", "forest.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        slice=canonical_json(slices.wording(STUDY)),
        code=lambda w: code("draw-forest"),
    message:
        "Draw all claims"
    shell:
        "convstudy --log {log} draw-forest --claims {input} --output {output}"
        " <<< {params.slice:q}"
