"""Whether something may be called production-ready: the questions, their states, and the verdict. Pure."""
