"""What holds for every test: speed is measured in benchmarks/, so no example fails for being slow."""

from hypothesis import settings

settings.register_profile("gateway", deadline=None)
settings.load_profile("gateway")
