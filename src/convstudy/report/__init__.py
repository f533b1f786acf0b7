"""From results to report.md: files → values (context), values → text (words, templates)."""
