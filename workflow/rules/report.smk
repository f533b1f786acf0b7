rule report:
    input:
        summary=result("summary.csv"),
        comparisons=result("comparisons.json"),
        claims=result("claims.json"),
        confusion=expand(result("confusion", "{section}.json"), section=sections_with("confusion")),
        layers=expand(result("layers", "{layer}.json"), layer=STUDY.layers),
        data=expand("data/prepared/{dataset}.json", dataset=STUDY.datasets),
        figures=figures(),
        templates=TEMPLATES,
    output:
        "report.md",
    log:
        result("logs", "report.log"),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        templates=lambda w: TEMPLATE_FOLDER,
        slice=canonical_json(slices.reporting(STUDY)),
        code=lambda w: code("report"),
    message:
        "Write the report"
    shell:
        "convstudy --log {log} report --results {params.results} --data data/prepared"
        " --templates {params.templates} --output {output} <<< {params.slice:q}"
