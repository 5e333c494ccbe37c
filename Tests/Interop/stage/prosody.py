"""A Prosody of one's own on loopback: one domain of users, and either a component domain or streams between servers."""

import shutil
import subprocess
from pathlib import Path

from .ports import free_port
from .processes import NotReady, Server

CONFIGURATION = """\
run_as_root = true
pidfile = "{work}/prosody.pid"
data_path = "{work}/data"
plugin_paths = {{}}
storage = "internal"
authentication = "internal_plain"
modules_enabled = {{ "saslauth", "roster", "disco", "ping"{modules} }}
modules_disabled = {{ "s2s", "tls", "s2s_auth_certs", "offline" }}
c2s_require_encryption = false
s2s_require_encryption = false
allow_unencrypted_plain_auth = true
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {client_port} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
s2s_direct_tls_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
component_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {component_port} }}
log = {{ {level} = "*console" }}
VirtualHost "{users}"
Component "{component}"
    component_secret = "{secret}"
"""


# libunbound asks no server on loopback unless it is told to.
FEDERATION = """\
run_as_root = true
pidfile = "{work}/prosody.pid"
data_path = "{work}/data"
plugin_paths = {{}}
storage = "internal"
authentication = "internal_plain"
modules_enabled = {{ "saslauth", "roster", "disco", "ping", "tls", "s2s", "s2s_auth_certs"{modules} }}
modules_disabled = {{ "offline" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
s2s_require_encryption = true
s2s_secure_auth = {secure}
dialback_secret = "capulet"
unbound = {{ resolvconf = false, hoststxt = false, forward = {{ "127.0.0.1@{dns}" }},
    options = {{ ["do-not-query-localhost:"] = "no", ["do-ip6:"] = "no" }} }}
use_ipv6 = false
ssl = {{ certificate = "{certificate.chain}", key = "{certificate.key}", cafile = "{trust}", capath = "" }}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {client_port} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ {server_port} }}
s2s_direct_tls_ports = {{ {direct_port} }}
http_ports = {{ }}
https_ports = {{ }}
limits = {{ s2sin = {{ rate = "10mb/s" }} }}
log = {{ {level} = "*console" }}
VirtualHost "{users}"
"""


class Prosody:
    """Starts at once; the users are registered before it. At the level `debug` it logs each stanza's head."""

    service = "component"

    def __init__(self, work, users=("juliet",), domain="example.com", component="example.net", modules=(),
                 level="info"):
        self.component_port, self.secret, self.component = free_port(), "globe", component
        self._make(CONFIGURATION, work, users, domain, modules, level, component_port=self.component_port,
                   component=component, secret=self.secret)

    def _make(self, configuration, work, users, domain, modules, level, **settings):
        self.work, self.domain = Path(work) / "prosody", domain
        (self.work / "data").mkdir(parents=True)
        self.client_port, self.password = free_port(), "capulet"
        self.configuration = self.work / "prosody.cfg.lua"
        self.configuration.write_text(configuration.format(
            work=self.work, client_port=self.client_port, users=domain,
            modules="".join(f', "{name}"' for name in modules), level=level, **settings))
        for user in users:
            made = subprocess.run(
                ["prosodyctl", "--root", "--config", str(self.configuration), "register", user, domain,
                 self.password], capture_output=True, text=True, timeout=30, check=False)
            if made.returncode != 0:
                raise NotReady(f"prosodyctl register {user}: {made.stdout}{made.stderr}")
        self.start()

    def start(self):
        program = shutil.which("prosody") or "/usr/bin/prosody"
        self.server = Server("prosody", [program, "-F", "--config", self.configuration], self.work)
        self.server.await_text(f"Activated service '{self.service}'", 20, self.server.began)

    def await_component(self, seconds=20, after=0):
        """Waits until the gateway has authenticated as the component."""
        self.server.await_text("External component successfully authenticated", seconds, after)

    def mark(self):
        """An offset for `await_component`: what is logged later counts."""
        return len(self.server.text())

    def stop(self):
        return self.server.stop()


class FederatedProsody(Prosody):
    """Speaks with other servers; they are found by `dns`. With `secure` it takes only certificates it can check."""

    service = "s2s_direct_tls"

    def __init__(self, work, dns, certificate, trust, users=("juliet",), domain="example.com", secure=True,
                 dialback=False, modules=(), level="info"):
        self.server_port, self.direct_port = free_port(), free_port()
        self._make(FEDERATION, work, users, domain, [*modules, *(["dialback"] if dialback else [])], level,
                   dns=dns.port, certificate=certificate, trust=trust, server_port=self.server_port,
                   direct_port=self.direct_port, secure="true" if secure else "false")

    def said(self):
        """What it has logged."""
        return self.server.text()
