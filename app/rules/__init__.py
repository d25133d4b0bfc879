"""What are the rules? Pure functions: numbers in, numbers out."""
