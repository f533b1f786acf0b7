# Marks for `snakemake --report`. Labels and captions name keys: titles may hold anything, and
# Snakemake takes their markup and braces for its own.
for _section in STUDY.sections:
    if not figures_of(_section):
        continue

    rule:
        name:
            f"draw_{_section}"
        input:
            drawn_from=drawn_from(_section),
            words=CATALOGUE,
        output:
            [
                report(
                    result("figures", "{section}", f"{kind}.png"),
                    caption=caption(kind),
                    category="Figures",
                    labels={"section": _section, "figure": kind},
                )
                for kind in figures_of(_section)
            ],
        log:
            result("logs", "figures", "{section}.log"),
        benchmark:
            result("benchmarks", "figures", "{section}.tsv")
        wildcard_constraints:
            section=_section,
        threads: 1
        resources:
            mem_mb=1000,
            runtime=15,
        params:
            results=lambda w: RESULTS,
            slice=sliced(lambda w: slices.drawing(STUDY, w.section)),
            code=lambda w: code("draw", *modules_of_figures(w.section)),
            uses=lambda w: ",".join(modules_of_figures(w.section)),
        message:
            "Draw the figures of section {wildcards.section}"
        shell:
            "convstudy --log {log} --code {params.code} --uses {params.uses} draw"
            " --section {wildcards.section} --results {params.results} --words {input.words}"
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
        results=lambda w: RESULTS,
        slice=sliced(slices.wording(STUDY)),
        code=lambda w: code("draw", kinds.module(kinds.FOREST)),
        uses=kinds.module(kinds.FOREST),
    message:
        "Draw all claims"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} draw"
        " --results {params.results} --words {input.words}"
        " --output {output} <<< {params.slice:q}"
