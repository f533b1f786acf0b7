rule train:
    input:
        # The tensors are large and would be compared by time; the description has their checksum.
        tensors=lambda w: ancient(prepared(w.experiment, "pt")),
        description=lambda w: prepared(w.experiment, "json"),
    output:
        checkpoint=run_of("checkpoint.pt"),
        metrics=run_of("metrics.json"),
        history=run_of("history.csv"),
        predictions=run_of("predictions.npz"),
    log:
        result("logs", "train", "{experiment}", "seed{seed}.log"),
    benchmark:
        result("benchmarks", "train", "{experiment}", "seed{seed}.tsv")
    # One thread each: the numbers then do not depend on --cores, and jobs share the cores.
    threads: 1
    resources:
        gpu=1,
        mem_mb=lambda w, attempt: cost_of(w.experiment).memory_mb(attempt),
        runtime=lambda w, attempt: cost_of(w.experiment).minutes(attempt),
    params:
        slice=sliced(lambda w: STUDY.experiments[w.experiment].slice),
        code=lambda w: code_of_training(w.experiment),
        uses=lambda w: module_of(w.experiment),
        # Outside the declared outputs, which Snakemake deletes when a job fails.
        state=state_of,
    message:
        "Train {wildcards.experiment}, seed {wildcards.seed}"
    shell:
        "convstudy --log {log} --code {params.code} --uses {params.uses} train"
        " --experiment {wildcards.experiment} --seed {wildcards.seed}"
        " --tensors {input.tensors} --description {input.description}"
        " --device {config[device]} --threads {threads} --state {params.state}"
        " --folder $(dirname {output.metrics})"
        " <<< {params.slice:q}"
