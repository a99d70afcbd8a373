"""`python -m submissions ROLE…`."""

from chassis.roles import main
from submissions.main import SERVICE

if __name__ == "__main__":
    main(SERVICE)
