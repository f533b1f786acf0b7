rule activations:
    input:
        tensors=lambda w: ancient(prepared(w.experiment, "pt")),
        description=lambda w: prepared(w.experiment, "json"),
        # Large, hence compared by time; the metrics beside it hold its checksum.
        checkpoint=ancient(run_of("checkpoint.pt")),
        metrics=run_of("metrics.json"),
    output:
        run_of("activations.npz"),
    log:
        result("logs", "activations", "{experiment}", "seed{seed}.log"),
    benchmark:
        result("benchmarks", "activations", "{experiment}", "seed{seed}.tsv")
    threads: 1
    resources:
        gpu=1,
        mem_mb=2000,
        runtime=15,
    params:
        slice=sliced(lambda w: STUDY.experiments[w.experiment].slice),
        layers=lambda w: slices.drawn_layers(STUDY, w.experiment),
        code=lambda w: code("activations", module_of(w.experiment)),
        uses=lambda w: module_of(w.experiment),
    message:
        "Activations of {wildcards.experiment}, seed {wildcards.seed}"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} activations"
        " --checkpoint {input.checkpoint}"
        " --tensors {input.tensors} --description {input.description} --layers {params.layers:q}"
        " --device {config[device]} --output {output} <<< {params.slice:q}"


rule mistakes:
    input:
        errors=result("errors", "{section}.json"),
        tensors=lambda w: ancient(images_of(w.section, "pt")),
        description=lambda w: images_of(w.section, "json"),
    output:
        result("errors", "{section}.npz"),
    log:
        result("logs", "mistakes", "{section}.log"),
    benchmark:
        result("benchmarks", "mistakes", "{section}.tsv")
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        slice=sliced(lambda w: slices.pictures(STUDY, w.section)),
        code=lambda w: code("mistakes"),
    message:
        "Images of the mistakes of section {wildcards.section}"
    shell:
        "convstudy --log {log} --code {params.code} mistakes"
        " --errors {input.errors} --tensors {input.tensors}"
        " --description {input.description} --output {output} <<< {params.slice:q}"


rule frequency:
    input:
        tensors=ancient(data_of(MEASURED, "pt")),
        description=data_of(MEASURED, "json"),
        # Large, hence compared by time; the metrics beside them hold their checksums.
        checkpoint=ancient(runs("checkpoint.pt", MEASURED)),
        metrics=runs("metrics.json", MEASURED),
    output:
        runs("frequency.json", MEASURED),
    log:
        result("logs", "frequency.log"),
    benchmark:
        result("benchmarks", "frequency.tsv")
    # All runs in one job, since PyTorch takes longer to import than most of them.
    threads: 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=120,
    params:
        runs=lambda w: RUNS,
        slice=sliced(MEASURED),
        code=lambda w: code("frequency", *modules_of(MEASURED)),
        uses=lambda w: ",".join(modules_of(MEASURED)),
    message:
        "Spatial frequency of maps that claims are about"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} frequency"
        " --runs {params.runs} --data data/prepared --device {config[device]} <<< {params.slice:q}"


rule timing:
    input:
        tensors=ancient(data_of(TIMED, "pt")),
        description=data_of(TIMED, "json"),
    output:
        TIMING,
    log:
        result("logs", "timing.log"),
    # All cores are asked for and one is used: no other job runs beside it. (workflow.cores would refuse
    # `snakemake --report`, which needs none.)
    threads: workflow.resource_settings.cores or 1
    resources:
        gpu=1,
        mem_mb=4000,
        runtime=120,
    params:
        slice=sliced(TIMED),
        repeats=max(7, STUDY.minimum_seeds),  # a verdict takes as many values
        code=lambda w: code("timing", *modules_of(TIMED)),
        uses=lambda w: ",".join(modules_of(TIMED)),
    message:
        "Time training steps of the networks that claims about time name"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} timing"
        " --data data/prepared --device {config[device]} --repeats {params.repeats}"
        " --output {output} <<< {params.slice:q}"


rule check_layer:
    output:
        report(
            result("layers", "{layer}.json"),
            caption="../report/layer.rst",
            category="Tables",
            labels={"table": "checks", "of": "{layer}"},
        ),
    log:
        result("logs", "check_layer", "{layer}.log"),
    benchmark:
        result("benchmarks", "check_layer", "{layer}.tsv")
    wildcard_constraints:
        layer=keys(STUDY.layers),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("check-layer", layer(w.layer)),
        uses=lambda w: layer(w.layer),
    message:
        "Check the layer {wildcards.layer}"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} check-layer"
        " --layer {wildcards.layer} --output {output}"
