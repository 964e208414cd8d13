"""Fidelity: whether the replay of a recording looks as the page did, checked by the product itself.

`layout` and `pixels` say what is compared, `compare` how, `verify` drives the replay to the checks of a recording.
"""
