"""What a directive is, what it requires and of whom: frozen values and pure rules, no I/O."""
