"""The `harness` program: one module a command, each a thin caller of the library."""
