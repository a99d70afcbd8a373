"""One module per command of `./congvan`."""
