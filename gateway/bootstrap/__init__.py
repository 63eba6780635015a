"""The only place where concrete things meet: settings, adapters, use cases and doors."""
