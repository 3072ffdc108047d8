"""An AI project manager for people who cannot code."""
