"""Changes orders: by decisions of people, and by what is due."""
