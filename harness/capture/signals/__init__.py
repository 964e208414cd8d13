"""What happens besides the DOM: one module for each kind of signal, each listening at the driver."""
