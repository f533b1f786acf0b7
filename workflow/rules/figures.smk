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
        slice=lambda w: canonical_json(slices.drawing(STUDY, w.section)),
        code=lambda w: code("draw-comparison"),
    message:
        "Draw comparison of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-comparison --runs {params.runs}"
        " --comparisons {input.comparisons} --words {input.words} --output {output}"
        " <<< {params.slice:q}"


rule draw_curves:
    input:
        histories=lambda w: runs("history.csv", STUDY.sections[w.section]["experiments"]),
        words=CATALOGUE,
    output:
        report(
            result("figures", "{section}", "curves.png"),
            caption="../report/curves.rst",
            category="Figures",
            labels={"section": "{section}", "figure": "curves"},
        ),
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
        "convstudy --log {log} draw-curves --runs {params.runs} --words {input.words}"
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
        "convstudy --log {log} draw-confusion --confusion {input.confusion}"
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
        slice=lambda w: canonical_json(slices.drawing_of_activations(STUDY, w.section)),
        code=lambda w: code("draw-activations"),
    message:
        "Draw activations of section {wildcards.section}"
    shell:
        "convstudy --log {log} draw-activations --runs {params.runs} --words {input.words}"
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
        slice=canonical_json(slices.wording(STUDY)),
        code=lambda w: code("draw-forest"),
    message:
        "Draw all claims"
    shell:
        "convstudy --log {log} draw-forest --claims {input.claims} --words {input.words}"
        " --output {output} <<< {params.slice:q}"
