#!/usr/bin/env python3
"""A user of an XMPP server, on slixmpp, over a loopback stream without TLS."""

import argparse
import asyncio
import sys

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET, tostring
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from lines import commands, say

CONDITIONS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
EVENT = "{http://jabber.org/protocol/pubsub#event}"


class User(slixmpp.ClientXMPP):
    """Reports what arrives; sends what it is told, stanza ids included."""

    def __init__(self, options):
        # The server stands on loopback and offers no TLS; slixmpp would otherwise refuse to log in.
        super().__init__(options.jid, options.password, plugin_config={
            "feature_mechanisms": {"unencrypted_plain": True, "unencrypted_scram": True}})
        self.enable_starttls = self.enable_direct_tls = False
        self.enable_plaintext = True
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.message)
        self.add_event_handler("message_error", self.message)
        # Subscriptions are decided by the play, and what the server says about them is reported as it came.
        self.auto_authorize, self.auto_subscribe = None, False
        self.register_handler(Callback("every presence", MatchXPath("{jabber:client}presence"), self.presence))
        self.register_handler(Callback("every personal event", MatchXPath(f"{{jabber:client}}message/{EVENT}event"),
                                       self.told))
        self.register_handler(Callback("every message", MatchXPath("{jabber:client}message"), self.signal))
        for plugin in options.plugin:
            self.register_plugin(plugin)
        self.admits = False
        self.add_event_handler("failed_all_auth", lambda _: say("failed", reason="authentication"))
        self.add_event_handler("connection_failed", lambda reason: say("failed", reason=str(reason)))
        self.add_event_handler("disconnected", lambda reason: say("disconnected", reason=str(reason)))

    async def started(self, _):
        await self.get_roster()
        self.send_presence()
        say("ready", jid=str(self.boundjid))

    def message(self, stanza):
        fields = {"sender": str(stanza["from"]), "to": str(stanza["to"]), "type": stanza["type"],
                  "id": stanza["id"], "text": stanza["body"], "xml": tostring(stanza.xml)}
        if stanza["type"] == "error":
            # slixmpp knows only some of the conditions, so the condition is taken from the element itself.
            error = stanza.xml.find("{*}error")
            names = [child.tag.removeprefix(CONDITIONS) for child in error if child.tag.startswith(CONDITIONS)]
            reason = error.findtext(CONDITIONS + "text") or ""
            say("error", condition=next((name for name in names if name != "text"), ""), kind=error.get("type"),
                reason=reason, **fields)
        else:
            say("message", subject=stanza["subject"], thread=stanza["thread"], **fields)

    def signal(self, stanza):
        """Reports a message without text: the names of its elements, and the identifiers that they name."""
        if stanza["type"] == "error" or stanza.xml.find("{jabber:client}body") is not None:
            return
        said = {child.tag.partition("}")[2]: child.get("id", "") for child in stanza.xml}
        if "event" not in said:
            say("signal", sender=str(stanza["from"]), to=str(stanza["to"]), type=stanza["type"], said=said,
                xml=tostring(stanza.xml))

    def presence(self, stanza):
        kind = stanza.xml.get("type", "available")
        if kind == "subscribe" and self.admits:
            self.send_presence(pto=stanza["from"].bare, ptype="subscribed")
        texts = {name: stanza.xml.findtext("{jabber:client}" + name) or "" for name in ("show", "status", "priority")}
        error = stanza.xml.find("{*}error")
        conditions = [] if error is None else [child.tag.removeprefix(CONDITIONS) for child in error]
        say("presence", kind=kind, sender=str(stanza["from"]), bare=stanza["from"].bare, to=str(stanza["to"]),
            id=stanza.xml.get("id", ""), condition=next(iter(conditions), ""), xml=tostring(stanza.xml), **texts)

    def told(self, stanza):
        """Reports a personal event (XEP-0163); `said` has the names of the elements of its payload."""
        items = stanza.xml.find(f"{EVENT}event/{EVENT}items")
        payload = None if items is None else items.find(f"{EVENT}item/*")
        elements = [] if payload is None else list(payload.iter())
        say("told", kind=stanza["type"], sender=str(stanza["from"]), to=str(stanza["to"]),
            node="" if items is None else items.get("node"), xml=tostring(stanza.xml),
            said=[element.tag.partition("}")[2] for element in elements],
            text="".join(element.text or "" for element in elements))

    async def ask(self, command):
        """Sends an IQ of type get with one empty element, and reports the answer."""
        question = self.make_iq_get(ito=command["to"])
        question.xml.append(ET.Element(f"{{{command['namespace']}}}{command['name']}", command.get("attributes", {})))
        try:
            answer = await question.send(timeout=10)
        except IqError as fault:
            answer = fault.iq
        error = answer.xml.find("{*}error")
        conditions = [] if error is None else [child.tag.removeprefix(CONDITIONS) for child in error]
        say("answer", kind=answer["type"], sender=str(answer["from"]), condition=next(iter(conditions), ""),
            xml=tostring(answer.xml))

    def perform(self, command):
        if command["do"] == "send":
            stanza = self.make_message(mto=command["to"], mbody=command["text"], mtype=command.get("type", "chat"))
            if command.get("id"):
                stanza["id"] = command["id"]
            if command.get("thread"):
                stanza["thread"] = command["thread"]
            stanza.send()
        elif command["do"] == "presence":
            self.send_presence(pto=command.get("to"), ptype=command.get("kind"), pshow=command.get("show"),
                               pstatus=command.get("status"), ppriority=command.get("priority"))
        elif command["do"] == "say":
            # A message with elements alone, or with a text beside them.
            stanza = self.make_message(mto=command["to"], mbody=command.get("text"), mtype="chat")
            if command.get("id"):
                stanza["id"] = command["id"]
            for name, namespace, identifier in command["elements"]:
                stanza.xml.append(ET.Element(f"{{{namespace}}}{name}", {"id": identifier} if identifier else {}))
            stanza.send()
        elif command["do"] == "admit":
            self.admits = command["everybody"]
        elif command["do"] == "mood":
            mood = self.plugin["xep_0107"]
            if command.get("value"):
                mood.publish_mood(command["value"], command.get("text", ""))
            else:
                mood.stop()
        elif command["do"] == "retract":
            self.plugin["xep_0060"].retract(None, command["node"], "current", notify=True)
        elif command["do"] == "ask":
            asyncio.ensure_future(self.ask(command))
        elif command["do"] == "flood":
            asyncio.ensure_future(self.flood(command))
        elif command["do"] == "quit":
            self.disconnect()

    async def flood(self, command):
        """Sends `count` messages at about `rate` a second; id and text are one name."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in range(command["count"]):
            name = f"{command['prefix']}{number}"
            to = command["to"][number % len(command["to"])]
            stanza = self.make_message(mto=to, mbody=name, mtype="chat")
            stanza["id"] = name
            stanza.send()
            ahead = start + number / command["rate"] - loop.time()
            if ahead > 0.002 or number % 20 == 0:
                await asyncio.sleep(max(ahead, 0))
        say("flooded", count=command["count"])


async def run(options):
    user = User(options)
    host, port = options.server.rsplit(":", 1)
    user.connect(host, int(port))
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def read():
        for command in commands():
            loop.call_soon_threadsafe(user.perform, command)
        loop.call_soon_threadsafe(ended.set_result, None)

    loop.run_in_executor(None, read)
    await ended
    await user.disconnect()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jid", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--server", required=True, help="HOST:PORT")
    parser.add_argument("--plugin", action="append", default=[], help="a plugin of slixmpp (repeatable)")
    options = parser.parse_args()
    asyncio.run(run(options))


if __name__ == "__main__":
    sys.exit(main())
