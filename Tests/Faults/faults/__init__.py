"""The faults, in the order in which they are made."""

from . import (certificate, clock, corrupted, crowd, disk, flood, killed, lossy_network, overload, sip_peer, stopped,
               xmpp_peer)

ALL = [killed, xmpp_peer, certificate, sip_peer, lossy_network, disk, corrupted, clock, stopped, crowd, overload, flood]
