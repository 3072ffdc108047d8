"""What people are told about a project, in words that hold on every surface."""
