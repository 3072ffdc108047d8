"""What an operator does on the database directly, whether or not a server runs."""
