"""Small programs of ours that run within the walls, beside what a project brings along. They import nothing of ours."""
