"""One file for each kind of page; one function for each page: it gathers from the services and renders."""
