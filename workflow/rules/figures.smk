# Marks for `snakemake --report`. Labels and captions name keys: titles may hold anything, and
# Snakemake takes their markup and braces for its own.
rule draw_comparison:
    input:
        histories=lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
        comparisons=result("comparisons.json"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "comparison.png"),
            caption="../report/comparison.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "comparison"},
        ),
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
        slice=sliced(lambda w: slices.drawing(STUDY, w.section)),
        code=lambda w: code("draw-comparison"),
    message:
        "Draw comparison of section {wildcards.section}"
    shell:
        "convstudy --log {log} --code {params.code} draw-comparison --runs {params.runs}"
        " --comparisons {input.comparisons} --words {input.words} --output {output}"
        " <<< {params.slice:q}"


rule draw_history:
    input:
        histories=lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "{kind}.png"),
            caption="../report/history.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "{kind}"},
        ),
    log:
        result("logs", "figures", "{section}", "{kind}.log"),
    benchmark:
        result("benchmarks", "figures", "{section}", "{kind}.tsv")
    wildcard_constraints:
        kind="curves|schedule",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        runs=lambda w: RUNS,
        slice=sliced(lambda w: slices.drawing(STUDY, w.section)),
        code=lambda w: code(f"draw-{w.kind}"),
    message:
        "Draw {wildcards.kind} of section {wildcards.section}"
    shell:
        "convstudy --log {log} --code {params.code} draw-{wildcards.kind}"
        " --runs {params.runs} --words {input.words}"
        " --output {output} <<< {params.slice:q}"


rule draw_confusion:
    input:
        confusion=result("confusion", "{section}.json"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "confusion.png"),
            caption="../report/confusion.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "confusion"},
        ),
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
        "convstudy --log {log} --code {params.code} draw-confusion --confusion {input.confusion}"
        " --words {input.words} --output {output}"


rule draw_activations:
    input:
        activations=lambda w: shown_activations(w.section),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "activations.png"),
            caption="../report/activations.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "activations"},
        ),
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
        slice=sliced(lambda w: slices.drawing_of_activations(STUDY, w.section)),
        code=lambda w: code("draw-activations"),
    message:
        "Draw activations of section {wildcards.section}"
    shell:
        "convstudy --log {log} --code {params.code} draw-activations"
        " --runs {params.runs} --words {input.words}"
        " --output {output} <<< {params.slice:q}"


rule draw_forest:
    input:
        claims=result("claims.json"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "forest.png"),
            caption="../report/forest.rst",
            category="Figures",
            labels={"section": "all sections", "figure": "forest"},
        ),
    log:
        result("logs", "figures", "forest.log"),
    benchmark:
        result("benchmarks", "figures", "forest.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        slice=sliced(slices.wording(STUDY)),
        code=lambda w: code("draw-forest"),
    message:
        "Draw all claims"
    shell:
        "convstudy --log {log} --code {params.code} draw-forest"
        " --claims {input.claims} --words {input.words}"
        " --output {output} <<< {params.slice:q}"


rule draw_errors:
    input:
        errors=result("errors", "{section}.json"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "{kind}.png"),
            caption="../report/errors.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "{kind}"},
        ),
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
        "convstudy --log {log} --code {params.code} draw-{wildcards.kind} --errors {input.errors}"
        " --words {input.words} --output {output}"


rule draw_mistakes:
    input:
        errors=result("errors", "{section}.json"),
        pictures=result("errors", "{section}.npz"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "mistakes.png"),
            caption="../report/mistakes.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "mistakes"},
        ),
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
        "convstudy --log {log} --code {params.code} draw-mistakes"
        " --errors {input.errors} --pictures {input.pictures}"
        " --words {input.words} --output {output}"


rule draw_grid:
    input:
        grid=result("grids", "{section}.json"),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "grid.png"),
            caption="../report/grid.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "grid"},
        ),
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
        "convstudy --log {log} --code {params.code} draw-grid"
        " --grid {input.grid} --words {input.words}"
        " --output {output}"
