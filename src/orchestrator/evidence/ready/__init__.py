"""Proves, item by item, whether something may be called production-ready. What it says of itself proves nothing."""
