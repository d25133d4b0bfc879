"""How do plain values become files, and files plain values? No database."""
