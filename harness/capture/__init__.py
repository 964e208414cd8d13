"""Recording a Playwright context: injects the recorder, receives its batches, adds what only the driver sees."""
