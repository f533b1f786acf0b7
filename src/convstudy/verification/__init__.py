"""Whether the files of a results folder, and the report made from them, belong together."""
