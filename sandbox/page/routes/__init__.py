"""What the browser asks for, and what it sends."""
