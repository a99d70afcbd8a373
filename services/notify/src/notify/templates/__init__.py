"""The words of letters as the province edits them."""
