"""From rows to what templates show."""
