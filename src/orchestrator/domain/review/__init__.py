"""What is said at the end: how a project was built, how far it is what was planned, and what to do better. Pure."""
