"""`python -m portal api`."""

from chassis.roles import main
from portal.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
