"""Every key of the config: its type, default, bounds and meaning. Closed at every level.

`workflow/schemas/config.schema.json`, for editors, is made from these models (`make schema`).
Imported while Snakemake builds its DAG; jobs that train do not import them.
"""
