"""A DNS server of one's own on loopback: Debian's knot with one zone, the root, which can be changed while it runs.

Whatever is not in it does not exist, and nothing is kept by resolvers for longer than a second.
"""

import shutil
import socket
import struct
from pathlib import Path

from .ports import free_port
from .processes import Server, wait_for

CONFIGURATION = """\
server:
    rundir: "{work}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{work}"
log:
  - target: stdout
    any: info
zone:
  - domain: .
    file: "{work}/root.zone"
    storage: "{work}"
    semantic-checks: off
    zonefile-sync: -1
    journal-content: none
"""

HEAD = """\
$TTL 1
. SOA ns. hostmaster. {serial} 3600 600 86400 1
. NS ns.
ns. A 127.0.0.1
"""


class NameServer:
    """Starts at once, without a domain."""

    def __init__(self, work):
        self.work = Path(work) / "knot"
        self.work.mkdir(parents=True)
        self.port, self.serial, self.domains = free_port(), 0, {}
        (self.work / "knot.conf").write_text(CONFIGURATION.format(work=self.work, port=self.port))
        self._write()
        program = shutil.which("knotd", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "knotd"
        self.server = Server("knot", [program, "-c", self.work / "knot.conf"], self.work)
        self._await_serial()

    def _write(self):
        self.serial += 1
        lines = [HEAD.format(serial=self.serial), *(line for lines in self.domains.values() for line in lines)]
        (self.work / "root.zone").write_text("\n".join(lines) + "\n")

    def _await_serial(self):
        question = struct.pack("!HHHHHH", 6120, 0, 1, 0, 0, 0) + b"\0" + struct.pack("!HH", 6, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.05)

            def served():
                try:
                    probe.sendto(question, ("127.0.0.1", self.port))
                    answer = probe.recv(4096)
                except (TimeoutError, ConnectionRefusedError):
                    return False
                # The last 20 bytes of the SOA are five numbers; the first of them is the serial.
                place = answer.find(b"\x0ahostmaster\0")
                return place > 0 and struct.unpack_from("!I", answer, place + 12)[0] == self.serial
            wait_for(served, 20, lambda: f"knot does not serve its zone:\n{self.server.tail()}")

    def lead(self, *domains, starttls=None, direct=None, host=None, records=()):
        """Leads each domain to ports of 127.0.0.1, by SRV records; further records are lines of a zone file."""
        for domain in domains:
            lines = [f"_{service}._tcp.{domain}. SRV 5 0 {port} {host or f'xmpp.{domain}'}."
                     for service, port in (("xmpp-server", starttls), ("xmpps-server", direct)) if port]
            self.domains[domain] = [*lines, f"xmpp.{domain}. A 127.0.0.1", *records]
        self._change()

    def forget(self, *domains):
        """Takes domains away: they do not exist any more."""
        for domain in domains:
            self.domains.pop(domain, None)
        self._change()

    def _change(self):
        self._write()
        self.server.child.send_signal(1)
        self._await_serial()

    def stop(self):
        return self.server.stop()
