rule fetch:
    output:
        "data/raw/{dataset}/{file}",
    log:
        "logs/fetch/{dataset}/{file}.log",
    wildcard_constraints:
        dataset=keys(FETCHED),
        file="[^/]+",
    threads: 1
    resources:
        mem_mb=500,
        runtime=120,
    params:
        slice=lambda w: canonical_json(STUDY.datasets[w.dataset]["files"][w.file]),
    message:
        "Fetch {wildcards.file} of {wildcards.dataset}"
    shell:
        "convstudy --log {log} fetch --dataset {wildcards.dataset} --mirrors {MIRRORS:q}"
        " --output {output} <<< {params.slice:q}"


rule generate_digits:
    output:
        expand("data/raw/{{dataset}}/{file}", file=GENERATED_FILES["digits"]),
    log:
        "logs/generate/{dataset}.log",
    wildcard_constraints:
        dataset=keys(GENERATED["digits"]),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        slice=lambda w: canonical_json(STUDY.datasets[w.dataset]["generator"]),
        code=lambda w: code("generate", "convstudy.datasets.generators.digits"),
    message:
        "Generate {wildcards.dataset}"
    shell:
        "convstudy --log {log} generate --output-folder data/raw/{wildcards.dataset}"
        " <<< {params.slice:q}"


use rule generate_digits as generate_shapes with:
    output:
        expand("data/raw/{{dataset}}/{file}", file=GENERATED_FILES["shapes"]),
    wildcard_constraints:
        dataset=keys(GENERATED["shapes"]),
    params:
        slice=lambda w: canonical_json(STUDY.datasets[w.dataset]["generator"]),
        code=lambda w: code("generate", "convstudy.datasets.generators.shapes"),


rule prepare:
    input:
        # Raw files are large, so Snakemake would compare their times, which a copy changes;
        # checksums and the generator's code are in the params.
        ancient(lambda w: raw_files(w.dataset)),
    output:
        tensors="data/prepared/{dataset}.pt",
        description="data/prepared/{dataset}.json",
    log:
        "logs/prepare/{dataset}.log",
    wildcard_constraints:
        dataset=keys(STUDY.datasets),
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        slice=lambda w: canonical_json(preparation(w.dataset)),
        code=lambda w: code("prepare", *modules_of_data(w.dataset)),
    message:
        "Prepare {wildcards.dataset}"
    shell:
        "convstudy --log {log} prepare --raw-folder data/raw/{wildcards.dataset}"
        " --tensors {output.tensors} --description {output.description} <<< {params.slice:q}"
