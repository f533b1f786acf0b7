rule report:
    input:
        summary=result("summary.csv"),
        comparisons=result("comparisons.json"),
        claims=result("claims.json"),
        errors=expand(result("errors", "{section}.json"), section=sections_with_errors()),
        layers=expand(result("layers", "{layer}.json"), layer=STUDY.layers),
        data=expand("data/prepared/{dataset}.json", dataset=STUDY.datasets),
        figures=figures(),
        templates=TEMPLATES,
        words=CATALOGUE,
    output:
        report="report.md",
        record="report.json",
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
        slice=sliced(reported()),
        code=lambda w: code("report"),
    message:
        "Write the report"
    shell:
        "convstudy --log {log} --code {params.code} report"
        " --results {params.results} --data data/prepared"
        " --templates {params.templates} --words {input.words}"
        " --output {output.report} <<< {params.slice:q}"


rule report_html:
    input:
        report="report.md",
        record="report.json",
        figures=figures(),
        templates=PAGE_TEMPLATES,
        words=CATALOGUE,
    output:
        report(
            "report.html",
            caption="../report/page.rst",
            category="Report",
            labels={"report": "all sections"},
        ),
    log:
        result("logs", "report_html.log"),
    benchmark:
        result("benchmarks", "report_html.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        templates=lambda w: TEMPLATE_FOLDER,
        code=lambda w: code("html"),
    message:
        "Make a page of the report"
    shell:
        "convstudy --log {log} --code {params.code} html"
        " --report {input.report} --results {params.results}"
        " --templates {params.templates} --words {input.words} --output {output}"


rule report_pdf:
    input:
        report="report.md",
        record="report.json",
        figures=figures(),
        style=f"{TEMPLATE_FOLDER}/report.typ",
        words=CATALOGUE,
    output:
        "report.pdf",
    log:
        result("logs", "report_pdf.log"),
    benchmark:
        result("benchmarks", "report_pdf.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        code=lambda w: code("pdf"),
    message:
        "Set the report on paper"
    shell:
        "convstudy --log {log} --code {params.code} pdf"
        " --report {input.report} --results {params.results}"
        " --style {input.style}"
        " --words {input.words} --output {output}"


rule report_docx:
    input:
        report="report.md",
        record="report.json",
        figures=figures(),
        words=CATALOGUE,
    output:
        "report.docx",
    log:
        result("logs", "report_docx.log"),
    benchmark:
        result("benchmarks", "report_docx.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        code=lambda w: code("docx"),
    message:
        "Make a document of the report"
    shell:
        "convstudy --log {log} --code {params.code} docx"
        " --report {input.report} --results {params.results}"
        " --words {input.words} --output {output}"


rule tables:
    input:
        report="report.md",
        record="report.json",
        values=rules.report.input,  # which are gathered again
        words=CATALOGUE,
    output:
        expand(
            result("tables", "{table}.{kind}"),
            table=["datasets", "networks", "claims"],
            kind=["csv", "tex"],
        ),
        expand(result("tables", "{table}.csv"), table=["statements", "layers"]),
    log:
        result("logs", "tables.log"),
    benchmark:
        result("benchmarks", "tables.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        tables=lambda w: result("tables"),
        code=lambda w: code("tables"),
    message:
        "Write the tables of the report for spreadsheets and LaTeX"
    shell:
        "convstudy --log {log} --code {params.code} tables"
        " --report {input.report} --results {params.results} --data data/prepared"
        " --words {input.words} --output {params.tables}"


rule checklists:
    input:
        report="report.md",
        record="report.json",
        values=rules.report.input,
        words=CATALOGUE,
    output:
        "checklists.md",
    log:
        result("logs", "checklists.log"),
    benchmark:
        result("benchmarks", "checklists.tsv")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        results=lambda w: RESULTS,
        templates=lambda w: TEMPLATE_FOLDER,
        code=lambda w: code("checklists"),
    message:
        "Fill in the checklists"
    shell:
        "convstudy --log {log} --code {params.code} checklists"
        " --report {input.report} --results {params.results} --data data/prepared"
        " --templates {params.templates} --words {input.words} --output {output}"
