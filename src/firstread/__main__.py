"""`python -m firstread` is the command line."""

from firstread.edges.cli.app import main

if __name__ == "__main__":
    main()
