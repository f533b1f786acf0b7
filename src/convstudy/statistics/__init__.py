"""From the records of runs to verdicts: summary, confusion, comparisons, claims."""
