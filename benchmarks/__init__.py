"""Measurements, side by side in one run: what recording costs, what it keeps, how faithful the replay is.

`python -m benchmarks` (`make bench`) runs the parts that `parts.py` lists, each a module with
`async def run(run: Run) -> Part`; `python -m benchmarks.apps` (`make test-apps`) records and replays real applications.
"""
