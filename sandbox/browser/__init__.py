"""A browser that looks at the page by itself: for tests and for screenshots."""
