"""An AI project manager for people who cannot code."""

__version__ = "0.1.0"
