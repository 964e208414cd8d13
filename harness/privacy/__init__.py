"""What is private, and how it is taken out of what the driver sees; the page's own masking is js/recorder/mask*.js."""
