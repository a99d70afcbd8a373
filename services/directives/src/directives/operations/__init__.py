"""The verbs of directives: each is one transaction, safe to repeat."""
