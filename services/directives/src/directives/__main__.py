"""`python -m directives api worker | migrate | parked …`."""

from chassis.roles import main
from directives.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
