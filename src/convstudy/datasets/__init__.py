"""From mirrors, archives and generators to prepared tensors: commands fetch, generate, prepare."""
