"""Tables of a requirement as officials print them: asked for, made beside the house, fetched in parts."""
