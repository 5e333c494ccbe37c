"""One play: its work folder, what it keeps running, and its claims."""

import contextlib
import ctypes.util
import glob
import importlib.util
import shutil
import tempfile
import traceback
from pathlib import Path

from . import balance
from .authority import Authority
from .dns import NameServer
from .ejabberd import Ejabberd
from .gateway import Gateway
from .kamailio import Kamailio
from .processes import NotReady
from .prosody import FederatedProsody, Prosody
from .tap import Tap


def missing(need):
    """Why a peer cannot be used here, or None."""
    if need == "slixmpp" or need == "pjsua2":
        found = importlib.util.find_spec(need)
        return None if found else f"the Python package {need} is not installed"
    if need == "linphone":
        if not Path("/usr/share/belr/grammars/cpim_grammar").exists():
            return "linphone-common, with Linphone's CPIM grammar, is not installed"
        return None if ctypes.util.find_library("linphone") else "liblinphone10 is not installed"
    if need == "kamailio-presence":
        found = glob.glob("/usr/lib/*/kamailio/modules/presence_xml.so")
        return None if found else "kamailio and kamailio-presence-modules are not installed"
    if need == "ejabberd":
        return None if glob.glob("/usr/lib/*/ejabberd-*/ebin") else "ejabberd is not installed"
    if need == "lua-unbound":
        return None if glob.glob("/usr/lib/*/lua/5.*/lunbound.so") else "lua-unbound is not installed"
    found = shutil.which(need, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    return None if found else f"{need} is not installed"


class Play:
    """What a play's `perform` is given."""

    def __init__(self, module, report, program, keep):
        self.name, self.module, self.report = module.NAME, module, report
        self.program, self.keep_files = program, keep
        self.work = None
        self._gateways = []
        self._stack = contextlib.ExitStack()

    def run(self):
        """Performs the play; whatever happens, everything that it started is stopped."""
        reasons = [reason for reason in map(missing, self.module.NEEDS) if reason]
        if reasons:
            self.report.skip(self.name, "; ".join(reasons))
            return
        self.work = Path(tempfile.mkdtemp(prefix=f"isthmus-{self.name}-")).resolve()
        failed_before = self.report.count("failed")
        try:
            self.module.perform(self)
        except NotReady as fault:
            self.claim("it runs to its end", False, str(fault))
        except Exception:  # A play that breaks is a failure, and the plays after it still run.
            self.claim("it runs to its end", False, traceback.format_exc())
        finally:
            for gateway in self._gateways:
                balance.check(self, gateway)
            try:
                self._stack.close()
            except Exception:
                self.claim("what it started can be stopped", False, traceback.format_exc())
            if self.report.count("failed") > failed_before or self.keep_files:
                self.report.say(f"        {self.name}: its files are in {self.work}")
            else:
                shutil.rmtree(self.work, ignore_errors=True)

    def claim(self, text, held, detail=""):
        return self.report.claim(self.name, text, bool(held), detail)

    def figure(self, name, value):
        self.report.figure(self.name, name, value)

    def keep(self, thing):
        """Stops `thing` when the play ends, in reverse order of keeping; of a gateway the books are checked before."""
        if isinstance(thing, Gateway):
            self._gateways.append(thing)
        self._stack.callback(thing.stop)
        return thing

    def prosody(self, **options):
        return self.keep(Prosody(self.work, **options))

    def kamailio(self, **options):
        return self.keep(Kamailio(self.work, **options))

    def name_server(self):
        return self.keep(NameServer(self.work))

    def authority(self, name="authority"):
        return Authority(self.work, name)

    def federated_prosody(self, dns, authority, certificate=None, domain="example.com", **options):
        """A Prosody that others find by `dns`; with no certificate of its own it gets a good one."""
        return self.keep(FederatedProsody(self.work, dns, certificate or authority.issue(domain), authority.trust,
                                          domain=domain, **options))

    def ejabberd(self, dns, authority, certificate=None, domain="example.com", **options):
        """An ejabberd that others find by `dns`; with no certificate of its own it gets a good one."""
        return self.keep(Ejabberd(self.work, dns, certificate or authority.issue(domain), authority.trust,
                                  domain=domain, **options))

    def tap(self, target, **options):
        return self.keep(Tap(target, **options))

    def gateway(self, prosody_or_server, next_hop, start=True, **options):
        """A gateway whose component connects to the given server; started unless told otherwise."""
        made = Gateway.component(self.program, self.work, prosody_or_server.component_port, prosody_or_server.secret,
                                 next_hop, **options)
        self.keep(made)
        if start:
            mark = prosody_or_server.mark()
            made.start()
            prosody_or_server.await_component(20, mark)
        return made

    def federated_gateway(self, dns, authority, next_hop, certificate=None, start=True, **options):
        """A gateway that speaks with other servers; with no certificate of its own it gets a good one."""
        made = Gateway.federated(self.program, self.work, dns, certificate or authority.issue("example.net"),
                                 authority.trust, next_hop, **options)
        self.keep(made)
        if start:
            made.start()
        return made

    def attempt(self, text, action):
        """A claim that holds when `action` returns; its value is handed on, None when it failed."""
        try:
            value = action()
        except NotReady as fault:
            self.claim(text, False, str(fault))
            return None
        self.claim(text, True)
        return value if value is not None else True
