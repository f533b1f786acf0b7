"""Figures of the report: a row of `kinds` and one module with a function `draw` per kind."""
