"""An ejabberd of one's own: one domain of users that federates, on loopback, outside of any cluster.

It asks the DNS for SRV records only, and libc for the addresses of the names in them: whoever it has to find must be
led to `localhost`.
"""

import glob
import shutil
from pathlib import Path

from .ports import free_port
from .processes import Server

CONFIGURATION = """\
hosts: ["{domain}"]
loglevel: {level}
log_rotate_count: 0
hide_sensitive_log_data: false
certfiles: ["{certificate}"]
ca_file: "{trust}"
listen:
  - {{port: {client_port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: false, access: all}}
  - {{port: {server_port}, ip: "127.0.0.1", module: ejabberd_s2s_in}}
  - {{port: {direct_port}, ip: "127.0.0.1", module: ejabberd_s2s_in, tls: true}}
s2s_use_starttls: required
s2s_access: all
negotiation_timeout: 10s
s2s_max_retry_delay: 2s
outgoing_s2s_families: [ipv4]
auth_method: internal
auth_password_format: plain
auth_use_cache: false
new_sql_schema: false
modules:
  mod_roster: {{}}
  mod_disco: {{}}
  mod_ping: {{}}
{modules}"""

# Users are registered before anybody can connect; the word at the end is what the stage waits for.
REGISTER = ('{{ok, _}} = application:ensure_all_started(ejabberd), '
            '[ok = ejabberd_auth:try_register(list_to_binary(U), <<"{domain}">>, <<"{password}">>) || '
            'U <- {users}, not ejabberd_auth:user_exists(list_to_binary(U), <<"{domain}">>)], '
            'io:format("the users are registered~n").')


class Ejabberd:
    """Starts at once. Without `dialback` it takes only certificates that it can check."""

    def __init__(self, work, dns, certificate, trust, users=("juliet",), domain="example.com", dialback=False,
                 modules=(), level="info"):
        self.work = Path(work) / "ejabberd"
        (self.work / "spool").mkdir(parents=True)
        self.client_port, self.server_port, self.direct_port = free_port(), free_port(), free_port()
        self.password, self.domain, self.users = "capulet", domain, users
        (self.work / "certificate.pem").write_text(certificate.chain.read_text() + certificate.key.read_text())
        (self.work / "inetrc").write_text(
            '{lookup, [dns]}.\n{resolv_conf, "/dev/null"}.\n{nameserver, {127,0,0,1}, %d}.\n' % dns.port)
        names = [*modules, *(["mod_s2s_dialback"] if dialback else [])]
        (self.work / "ejabberd.yml").write_text(CONFIGURATION.format(
            domain=domain, level=level, certificate=self.work / "certificate.pem", trust=trust,
            client_port=self.client_port, server_port=self.server_port, direct_port=self.direct_port,
            modules="".join(f"  {name}: {{}}\n" for name in names)))
        self.server = None
        self.start()

    def start(self):
        users = "[" + ", ".join(f'"{user}"' for user in self.users) + "]"
        self.server = Server("ejabberd", [
            shutil.which("erl") or "erl", "-noinput", "+S", "2:2", "+sbwt", "none", "-mnesia", "dir",
            f'"{self.work}/spool"', "-eval", REGISTER.format(domain=self.domain, password=self.password, users=users)],
            self.work, directory=self.work, environment={
                "ERL_LIBS": str(Path(glob.glob("/usr/lib/*/ejabberd-*/ebin")[0]).parents[1]),
                "ERL_INETRC": str(self.work / "inetrc"), "HOME": str(self.work),
                "EJABBERD_CONFIG_PATH": str(self.work / "ejabberd.yml"),
                "EJABBERD_LOG_PATH": str(self.work / "log" / "ejabberd.log"),
                "ERL_CRASH_DUMP": str(self.work / "crash.dump")})
        self.server.await_text("the users are registered", 40, self.server.began)

    def said(self):
        """What it has logged."""
        log = self.work / "log" / "ejabberd.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def stop(self):
        return self.server.stop()
