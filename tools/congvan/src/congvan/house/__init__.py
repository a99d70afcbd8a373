"""The whole platform on one machine: its keys, its addresses, its programs and whoever keeps them running."""

from congvan.house.addresses import Addresses
from congvan.house.building import House
from congvan.house.keys import Keys
from congvan.house.notices import Notice
from congvan.house.state import Running, find

__all__ = ["Addresses", "House", "Keys", "Notice", "Running", "find"]
