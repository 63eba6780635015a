"""The door that the pictures and links of e-mails lead to."""

from gateway.bootstrap.technology import Technology
from gateway.entrypoints.web.tracker import TrackerDoor
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.track import Track


def tracker_door(tech: Technology, receive: ReceiveReport) -> TrackerDoor:
    """Always there: what was sent once leads here, whatever the settings say now."""
    track = Track(tech.database, receive, tech.clock, tech.codes.message_mark)
    return TrackerDoor(track.opened, track.leads, track.followed)
