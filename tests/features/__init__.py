"""Feature pages: small pages, each with one thing that a replay has to show as the page showed it."""
