"""GitHub as a place where people are: issues are rooms, comments are what is said in them."""
