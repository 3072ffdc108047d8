"""What the pages show: frozen values for the templates, and the functions that make their sentences."""
