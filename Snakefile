from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"
configfile: "workflow/published.yaml"


report: "workflow/report/study.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/datasets.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/analyse.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/session.smk"


rule all:
    default_target: True
    input:
        "report.md",
        "report.html",
