"""The version of the distribution, and of the recorder that a file names as its writer."""

__version__ = "0.1.0"
