"""`python -m notify api worker`, `python -m notify migrate`, `python -m notify parked list`."""

from chassis.roles import main
from notify.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
