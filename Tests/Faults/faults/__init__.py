"""The faults, in the order in which they are made."""

from . import certificate, clock, corrupted, disk, killed, lossy_network, overload, sip_peer, stopped, xmpp_peer

ALL = [killed, xmpp_peer, certificate, sip_peer, lossy_network, disk, corrupted, clock, stopped, overload]
