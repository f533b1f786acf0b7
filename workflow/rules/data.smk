# On a cluster the submitting node is the one that reaches the internet.
localrules:
    fetch,
    fetch_torchvision,


rule fetch:
    output:
        file="data/raw/{dataset}/{file}",
        checksum="data/raw/{dataset}/{file}.sha256",
    log:
        "logs/fetch/{dataset}/{file}.log",
    wildcard_constraints:
        dataset=keys(FETCHED),
        file=r"[^/]+(?<!\.sha256)",
    threads: 1
    resources:
        mem_mb=500,
        runtime=120,
    params:
        slice=sliced(lambda w: STUDY.datasets[w.dataset]["files"][w.file]),
    message:
        "Fetch {wildcards.file} of {wildcards.dataset}"
    shell:
        "convstudy --log {log} fetch --dataset {wildcards.dataset} --mirrors {config[every_mirror]:q}"
        " --output {output.file} <<< {params.slice:q}"


rule fetch_torchvision:
    output:
        f"data/raw/{{dataset}}/{LISTED}",
    log:
        "logs/fetch/{dataset}.log",
    wildcard_constraints:
        dataset=keys(BY_TORCHVISION),
    threads: 1
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        slice=lambda w: canonical_json(STUDY.datasets[w.dataset]["torchvision"]),
    message:
        "Fetch {wildcards.dataset} as torchvision does"
    shell:
        "convstudy --log {log} fetch-torchvision --dataset {wildcards.dataset}"
        " --mirrors {config[every_mirror]:q} --output {output} <<< {params.slice:q}"


rule generate_digits:
    output:
        expand("data/raw/{{dataset}}/{file}", file=with_checksums(GENERATED_FILES["digits"])),
    log:
        "logs/generate/{dataset}.log",
    wildcard_constraints:
        dataset=keys(GENERATED["digits"]),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        slice=sliced(lambda w: STUDY.datasets[w.dataset]["generator"]),
        code=lambda w: code("generate", "convstudy.datasets.generators.digits"),
        uses="convstudy.datasets.generators.digits",
    message:
        "Generate {wildcards.dataset}"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} generate"
        " --output-folder data/raw/{wildcards.dataset}"
        " <<< {params.slice:q}"


use rule generate_digits as generate_shapes with:
    output:
        expand("data/raw/{{dataset}}/{file}", file=with_checksums(GENERATED_FILES["shapes"])),
    wildcard_constraints:
        dataset=keys(GENERATED["shapes"]),
    params:
        slice=sliced(lambda w: STUDY.datasets[w.dataset]["generator"]),
        code=lambda w: code("generate", "convstudy.datasets.generators.shapes"),
        uses="convstudy.datasets.generators.shapes",


rule prepare:
    input:
        # Large files would be compared by their times, which a copy changes; their checksums beside
        # them are not, and they have to be here: Snakemake passes no change on through ancient().
        raw=lambda w: ancient(raw_files(w.dataset)),
        checksums=lambda w: checksums_of(w.dataset),
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
        slice=sliced(lambda w: preparation(w.dataset)),
        code=lambda w: code("prepare", *modules_of_data(w.dataset)),
        uses=lambda w: ",".join(modules_of_data(w.dataset)),
    message:
        "Prepare {wildcards.dataset}"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} prepare"
        " --raw-folder data/raw/{wildcards.dataset}"
        " --tensors {output.tensors} --description {output.description} <<< {params.slice:q}"
