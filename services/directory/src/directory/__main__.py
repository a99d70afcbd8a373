"""`python -m directory api worker`."""

from chassis.roles import main
from directory.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
