# Marks for `snakemake --report`. Labels and captions name keys: titles may hold anything, and
# Snakemake takes their markup and braces for its own.
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
        kind="comparison|curves",
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
        "convstudy --log {log} draw-{wildcards.kind} --runs {params.runs} --words {input.words}"
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
