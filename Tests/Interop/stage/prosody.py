"""A Prosody of one's own: one domain of users, one component domain, loopback only."""

import shutil
import subprocess
from pathlib import Path

from .ports import free_port
from .processes import NotReady, Server, wait_for

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


class Prosody:
    """Starts at once; the users are registered before it. At the level `debug` it logs each stanza's head."""

    def __init__(self, work, users=("juliet",), domain="example.com", component="example.net", modules=(),
                 level="info"):
        self.work = Path(work) / "prosody"
        (self.work / "data").mkdir(parents=True)
        self.client_port, self.component_port = free_port(), free_port()
        self.password, self.secret, self.component = "capulet", "globe", component
        self.configuration = self.work / "prosody.cfg.lua"
        self.configuration.write_text(CONFIGURATION.format(
            work=self.work, client_port=self.client_port, component_port=self.component_port, users=domain,
            component=component, secret=self.secret, modules="".join(f', "{name}"' for name in modules),
            level=level))
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
        self.server.await_text("Activated service 'component'", 20)

    def await_component(self, seconds=20, after=0):
        """Waits until the gateway has authenticated as the component."""
        self.server.await_text("External component successfully authenticated", seconds, after)

    def mark(self):
        """An offset for `await_component`: what is logged later counts."""
        return len(self.server.text())

    def stop(self):
        return self.server.stop()
