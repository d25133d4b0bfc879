"""What does `python -m app` do? The same as the command `kinerja`."""

from app.cli import main

if __name__ == "__main__":
    main()
