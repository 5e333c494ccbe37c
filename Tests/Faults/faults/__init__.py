"""The faults, in the order in which they are made."""

from . import clock, corrupted, disk, killed, overload, sip_peer, stopped, xmpp_peer

ALL = [killed, xmpp_peer, sip_peer, disk, corrupted, clock, stopped, overload]
