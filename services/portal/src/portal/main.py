"""Puts the portal together."""

from chassis.identity import KeyRing
from chassis.porch import Porch, Role
from chassis.roles import Service
from portal.clients import Neighbours
from portal.pages import open_pages
from portal.settings import Settings


def create_frame(settings: Settings, roles: frozenset[Role], *, keys: KeyRing | None = None) -> Porch:
    """Return a process of the portal. It owns no facts and needs no server to be ready."""
    frame = Porch("portal", settings, roles, keys=keys)
    neighbours = Neighbours(
        {
            "directory": settings.directory_url,
            "directives": settings.directives_url,
            "submissions": settings.submissions_url,
            "reporting": settings.reporting_url,
            "notify": settings.notify_url,
        }
    )
    frame.front_door(open_pages(neighbours))
    return frame


SERVICE = Service(name="portal", settings=Settings, frame=create_frame)
