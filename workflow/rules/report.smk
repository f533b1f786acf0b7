rule report:
    input:
        summary=result("summary.csv"),
        comparisons=result("comparisons.json"),
        claims=result("claims.json"),
        confusion=expand(result("confusion", "{section}.json"), section=sections_with("confusion")),
        grids=expand(result("grids", "{section}.json"), section=sections_with("grid")),
        errors=expand(result("errors", "{section}.json"), section=sections_with(*ERRORS)),
        layers=expand(result("layers", "{layer}.json"), layer=STUDY.layers),
        data=expand("data/prepared/{dataset}.json", dataset=STUDY.datasets),
        figures=figures(),
        templates=TEMPLATES,
    output:
        report="report.md",
        study=result("study.json"),
    log:
        result("logs", "report.log"),
    benchmark:
        result("benchmarks", "report.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        templates=lambda w: TEMPLATE_FOLDER,
        slice=canonical_json(reported()),
        code=lambda w: code("report"),
    message:
        "Write the report"
    shell:
        "convstudy --log {log} report --results {params.results} --data data/prepared"
        " --templates {params.templates} --code {params.code}"
        " --output {output.report} <<< {params.slice:q}"
