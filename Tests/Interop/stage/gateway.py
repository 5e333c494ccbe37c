"""The gateway under test: its files, its process, and what its commands say.

Everything that a play takes for granted about the product's outer shape stands in this file: the configuration's
keys, the form of a route row, and the commands that list crossings.
"""

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

from .ports import free_port
from .processes import NotReady, Server, wait_for
from .sip import Message, request

SHIPPED_MAPPINGS = Path(__file__).resolve().parents[3] / "Mappings"

CONFIGURATION = """\
gateway: {{name: gw.example.net, state: ./state, mappings: ./mappings}}
domains:
  xmpp:
{shore}
  cpim:
    example.net: {{next-hop: "sip:127.0.0.1:{next_hop};transport={transport}", via: sip{congestion}}}
{link}sip:
  listen: ["udp:127.0.0.1:{sip}", "tcp:127.0.0.1:{sip}"]
  trusted: [{{address: 127.0.0.1, domains: [example.net]}}]
{limits}"""

COMPONENT = """\
xmpp:
  components: [{{domain: example.net, connect: "127.0.0.1:{port}", secret-file: secret}}]
"""

SERVER = """\
xmpp:
  server:
    listen: ["127.0.0.1:{port}"]
    direct-tls: ["127.0.0.1:{direct}"]
    certificate: {certificate.chain}
    key: {certificate.key}
    trust: {trust}
{settings}dns: {{servers: ["127.0.0.1:{dns}"], allow-addresses: ["127.0.0.0/8"]}}
"""

SITE_ROUTES = """\
format: isthmus-mapping/1
table: routes
kind: routes
about: Rows of one play.
rows:
  - {{id: play, match: {{domain: example.net}}, set: {{{switches}}}}}
"""

LIST_CROSSINGS = ["messages", "list", "--json", "--limit", "0"]


class Gateway:
    """One gateway with a state folder, a mappings folder and a configuration of its own.

    `link` is the part of the configuration that leads to XMPP servers, `shore` the XMPP domains.
    """

    def __init__(self, program, work, link, next_hop, shore=("example.com",), transport="udp", congestion_safe=False,
                 switches=None, limits=None, wrapper=(), name="gateway"):
        self.program, self.wrapper, self.name = program, list(wrapper), name
        self.work = Path(work) / name
        self.work.mkdir(parents=True)
        self.mappings = self.work / "mappings"
        if SHIPPED_MAPPINGS.is_dir():
            shutil.copytree(SHIPPED_MAPPINGS, self.mappings)
        self.port = free_port()
        self.configuration = self.work / "isthmus.yaml"
        bounds = [f"  {name}: {value}\n" for name, value in (limits or {}).items()]
        self.configuration.write_text(CONFIGURATION.format(
            next_hop=next_hop, transport=transport, link=link, sip=self.port,
            shore="\n".join(f"    {domain}: {{}}" for domain in shore),
            congestion=", congestion-safe: yes" if congestion_safe else "",
            limits="".join(["limits:\n", *bounds] if bounds else [])))
        if switches:
            self.site_route(switches)
        self.server, self.starts = None, 0

    @classmethod
    def component(cls, program, work, port, secret, next_hop, **options):
        """A gateway that is a component of the server at `port`."""
        made = cls(program, work, COMPONENT.format(port=port), next_hop, **options)
        (made.work / "secret").write_text(secret + "\n")
        (made.work / "secret").chmod(0o600)
        return made

    @classmethod
    def federated(cls, program, work, dns, certificate, trust, next_hop, settings=None, **options):
        """A gateway that speaks with other servers; `settings` are further keys of the section with their values."""
        port, direct = free_port(), free_port()
        lines = "".join(f"    {name}: {value}\n" for name, value in (settings or {}).items())
        made = cls(program, work, SERVER.format(port=port, direct=direct, certificate=certificate, trust=trust,
                                                dns=dns.port, settings=lines), next_hop, **options)
        made.server_port, made.direct_port, made.certificate = port, direct, certificate
        return made

    def site_route(self, switches):
        """Writes the operator's route row for example.net: the switches that it sets."""
        folder = self.mappings / "50-site"
        folder.mkdir(parents=True, exist_ok=True)
        text = ", ".join(f"{name}: {value}" for name, value in switches.items())
        (folder / "play-routes.yaml").write_text(SITE_ROUTES.format(switches=text))

    def start(self, seconds=30):
        """Starts `serve` and waits until it answers OPTIONS."""
        self._launch()
        self.await_sip(seconds)

    def _launch(self):
        self.starts += 1
        self.server = Server(f"serve-{self.starts}",
                             [*self.wrapper, self.program, "serve", "--config", self.configuration], self.work)

    def refuses_to_start(self, seconds=20):
        """Starts `serve` with files that it must refuse, and returns its exit code."""
        self._launch()
        wait_for(lambda: not self.server.running, seconds, "the gateway serves in spite of faults in its files")
        return self.server.child.returncode

    def await_sip(self, seconds=30):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            probe.settimeout(0.05)
            own, number = f"127.0.0.1:{probe.getsockname()[1]}", 0

            def answered():
                nonlocal number
                if not self.server.running:
                    raise NotReady(f"the gateway ended with code {self.server.child.returncode}:\n"
                                   f"{self.server.tail()}")
                number += 1
                try:
                    probe.sendto(request("OPTIONS", "sip:example.com", "sip:probe@example.net", "sip:example.com",
                                         own, f"z9hG4bKprobe{time.monotonic_ns()}", f"probe-{number}-{own}"),
                                 ("127.0.0.1", self.port))
                    return Message(probe.recv(65536)).code
                except (TimeoutError, ConnectionRefusedError):
                    return None
            wait_for(answered, seconds, lambda: f"the gateway did not answer OPTIONS:\n{self.server.tail()}")

    def kill(self):
        self.server.kill()

    def stop(self):
        return self.server.stop() if self.server else None

    def command(self, *arguments, seconds=60):
        """Runs one command of the program with this configuration and returns what it printed."""
        words = [str(self.program), *arguments, "--config", str(self.configuration)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode not in (0, 1):
            raise NotReady(f"{' '.join(words)} ended with code {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def links(self):
        """What `link status --json` says: its entries, each with every text that occurs in it."""
        return [Crossing(entry) for entry in objects(self.command("link", "status", "--json"))]

    def status_of(self, domain):
        """What `link status` says to people about a domain: its lines that name it, and those below each."""
        lines = self.command("link", "status").splitlines()
        told = [number for number, line in enumerate(lines) if domain in line]
        return "\n".join(line for number, line in enumerate(lines)
                         if any(first <= number <= first + 3 for first in told))

    def memory(self):
        """Kilobytes of memory that the running process holds for itself: what is its own and not shared."""
        text = Path(f"/proc/{self.server.pid}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in text.splitlines()
                   if line.startswith(("Private_Clean:", "Private_Dirty:")))

    def crossings(self):
        """The crossings that the gateway knows, each with every text that occurs in it."""
        return [Crossing(entry) for entry in objects(self.command(*LIST_CROSSINGS, seconds=180))]


    def _stored(self, query):
        path = self.work / "state" / "isthmus.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            return store.execute(query).fetchall()

    def presence_rows(self):
        """Who watches whom, and what it rests on, as the store has it: (watcher, presentity) of watches and usages."""
        return tuple(self._stored(f"SELECT watcher, presentity FROM {table}") for table in ("watches", "usages"))

    def keeps_dialog(self, call_id):
        """Whether the store has a subscription of this Call-ID."""
        return any(call_id.encode() in state for state, in self._stored("SELECT state FROM usages"))

    def cpu(self):
        """Seconds of processor time that the running process has used."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Crossing:
    """One entry of `messages list --json`."""

    def __init__(self, entry):
        self.entry = entry
        self.texts = set(texts(entry))

    @property
    def state(self):
        return str(self.entry.get("state", self.entry.get("outcome", "")))


def objects(text):
    """The objects of a JSON array, of an object with one array, or of one JSON object a line."""
    text = text.strip()
    if not text:
        return []
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(value, dict):
        arrays = [part for part in value.values() if isinstance(part, list)]
        return arrays[0] if len(arrays) == 1 else [value]
    return value


def texts(value):
    """Every text inside a JSON value."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value
