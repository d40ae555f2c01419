"""A typed line before anything in it has a meaning: words, options, and numbers in words."""
