"""Other forms of a recording become `.replay` files."""
