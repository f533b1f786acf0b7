"""Training one network once: recipe, engine, record."""
