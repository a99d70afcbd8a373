"""`python -m reporting ROLE…`."""

from chassis.roles import main
from reporting.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
