"""A Kamailio of one's own: a presence server for one domain, on loopback. With its end states and watchers are gone.

Subscriptions are kept in memory. Who may see a user stands in that user's presence rules (RFC 5025), which are put
over HTTP and held in a table of text files; whoever no rule names waits. One process takes all that comes over UDP: of
two, each could tell a watcher what the other has replaced meanwhile.
"""

import glob
import shutil
import urllib.request
from pathlib import Path

from .ports import free_port
from .processes import Server, wait_for
from .sip import Message, request, response
from .wire import Endpoint

TABLES = "/usr/share/kamailio/dbtext/kamailio"

CONFIGURATION = """\
#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}
alias="{domain}"
tcp_accept_no_cl=yes
mpath="{modules}/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "textopsx.so"
loadmodule "siputils.so"
loadmodule "xhttp.so"
loadmodule "db_text.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
loadmodule "xcap_server.so"
modparam("presence|presence_xml|xcap_server", "db_url", "text://{tables}")
modparam("presence", "server_address", "sip:127.0.0.1:{contact}")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 1)
modparam("presence_xml", "force_active", {all_may_see})
modparam("presence_xml", "integrated_xcap_server", 1)
modparam("xcap_server", "xcap_root", "/xcap-root/")
modparam("xhttp", "url_match", "^/xcap-root/")

request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (is_method("OPTIONS")) {{
        sl_send_reply("200", "OK");
        exit;
    }}
    if (is_method("PUBLISH|SUBSCRIBE")) {{
        if (!t_newtran()) {{
            exit;
        }}
        if (is_method("PUBLISH")) {{
            handle_publish();
        }} else {{
            if ($(hdr(Expires){{s.int}}) > {longest}) {{
                remove_hf("Expires");
                append_hf("Expires: {longest}\r\n");
                msg_apply_changes();
            }}
            handle_subscribe();
        }}
        t_release();
        exit;
    }}
    sl_send_reply("405", "Method Not Allowed");
}}

event_route[xhttp:request] {{
    $xcapuri(u=>data) = $hu;
    $var(uri) = $xcapuri(u=>xuid);
    if ($rm == "PUT") {{
        xcaps_put("$var(uri)", "$hu", "$rb");
        pres_update_watchers("$var(uri)", "presence");
        pres_refresh_watchers("$var(uri)", "presence", 0);
        exit;
    }}
    xhttp_reply("405", "Method Not Allowed", "", "");
}}
"""

RULES = """\
<?xml version="1.0" encoding="UTF-8"?>
<cr:ruleset xmlns="urn:ietf:params:xml:ns:pres-rules" xmlns:cr="urn:ietf:params:xml:ns:common-policy">
  <cr:rule id="one">
    <cr:conditions><cr:identity><cr:one id="{watcher}"/></cr:identity></cr:conditions>
    <cr:actions><sub-handling>{handling}</sub-handling></cr:actions>
    <cr:transformations><provide-services><all-services/></provide-services></cr:transformations>
  </cr:rule>
</cr:ruleset>
"""


class Kamailio:
    """Starts at once; `longest` is the longest subscription in seconds that it grants.

    `contact` is a port, as that of a tap, where requests of its dialogs are to reach it.
    """

    def __init__(self, work, port=None, contact=None, domain="example.net", longest=3600, all_may_see=True):
        self.work = Path(work) / "kamailio"
        self.work.mkdir(parents=True)
        self.tables = self.work / "tables"
        shutil.copytree(TABLES, self.tables)
        self.port = port or free_port()
        modules = Path(glob.glob("/usr/lib/*/kamailio/modules/presence.so")[0]).parent
        self.configuration = self.work / "kamailio.cfg"
        self.configuration.write_text(CONFIGURATION.format(
            port=self.port, contact=contact or self.port, domain=domain, modules=modules, tables=self.tables,
            longest=longest, all_may_see=int(all_may_see)))
        self.start()

    def start(self):
        # It cannot read what it wrote there itself: a null where none is allowed.
        shutil.copy(f"{TABLES}/presentity", self.tables)
        program = shutil.which("kamailio", path="/usr/sbin:/usr/bin:/usr/local/sbin") or "kamailio"
        self.server = Server("kamailio", [program, "-f", self.configuration, "-DD", "-E", "-m", "64", "-M", "8",
                                          "-Y", self.work, "-w", self.work], self.work)
        with Endpoint() as probe:
            def answered():
                probe.send(request("OPTIONS", "sip:example.net", "sip:probe@example.net", "sip:example.net",
                                   probe.name, "z9hG4bKprobe", "probe"), self.port)
                return probe.answer(0.1)
            wait_for(answered, 20, lambda: f"Kamailio did not answer OPTIONS:\n{self.server.tail()}")

    def allow(self, presentity, watcher, handling="allow"):
        """Puts the presence rules of `presentity`: what becomes of `watcher`."""
        put = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/xcap-root/pres-rules/users/{presentity}/index",
            RULES.format(watcher=watcher, handling=handling).encode(), method="PUT",
            headers={"Content-Type": "application/auth-policy+xml"})
        with urllib.request.urlopen(put, timeout=5) as answer:
            return answer.status

    def watchers(self, presentity):
        """Who watches `presentity`, and how: a watcherinfo document (RFC 3858), fetched by the user itself."""
        with Endpoint() as own:
            call = f"winfo-{own.name}"
            own.send(request("SUBSCRIBE", presentity, presentity, presentity, own.name, f"z9hG4bK{call}", call,
                             extra=("Event: presence.winfo", f"Contact: <sip:{own.name}>", "Expires: 0")), self.port)
            while True:
                message = Message(own.receive())
                if message.is_request:
                    own.send(response(message, 200, "OK"), self.port)
                    return message.body.decode()

    def stop(self):
        return self.server.stop()


class Publisher:
    """A device of one user that publishes its state (RFC 3903)."""

    def __init__(self, uri, port):
        self.uri, self.port = uri, port
        self.wire, self.etag, self.number = Endpoint(), None, 0

    def publish(self, body=None, expires=600):
        """Publishes a document, refreshes with none, and returns the response."""
        self.number += 1
        extra = ["Event: presence", f"Expires: {expires}"]
        if self.etag:
            extra.append(f"SIP-If-Match: {self.etag}")
        self.wire.send(request("PUBLISH", self.uri, self.uri, self.uri, self.wire.name,
                               f"z9hG4bKpublish{self.number}", f"publish-{self.wire.name}", cseq=self.number,
                               body=(body or "").encode(), content_type="application/pidf+xml", extra=extra), self.port)
        answer = Message(self.wire.receive())
        self.etag = answer.header("sip-etag") if answer.code == 200 and expires else None
        return answer

    def stop(self):
        self.wire.socket.close()
