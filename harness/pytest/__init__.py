"""Recording in pytest: what `harness/pytest_plugin.py` registers once a run is to be recorded."""
