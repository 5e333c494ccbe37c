#!/usr/bin/env python3
"""A user of pjsua2, who writes in text/plain and knows no CPIM.

It listens on UDP and TCP at one port, does not register, and sends everything through one proxy.
"""

import argparse
import queue
import threading

import pjsua2

from lines import commands, say


ACTIVITIES = {"away": pjsua2.PJRPID_ACTIVITY_AWAY, "busy": pjsua2.PJRPID_ACTIVITY_BUSY}
STATUSES = {pjsua2.PJSUA_BUDDY_STATUS_ONLINE: "online", pjsua2.PJSUA_BUDDY_STATUS_OFFLINE: "offline"}


class Account(pjsua2.Account):
    """The account that receives what reaches this user; `answer` is what a watcher gets."""

    answer, watchers = 200, {}

    def onIncomingSubscribe(self, parameters):
        parameters.code = self.answer
        self.watchers[parameters.fromUri] = parameters.srvPres
        say("subscribe", sender=parameters.fromUri, answer=self.answer)

    def onInstantMessage(self, parameters):
        say("message", sender=parameters.fromUri, to=parameters.toUri, type=parameters.contentType,
            text=parameters.msgBody)

    def onInstantMessageStatus(self, parameters):
        say("status", code=int(parameters.code), reason=parameters.reason, text=parameters.msgBody)


class Friend(pjsua2.Buddy):
    """Someone this user writes to; presence is asked for when the play says so."""

    def __init__(self, account, uri):
        super().__init__()
        configuration = pjsua2.BuddyConfig()
        configuration.uri, configuration.subscribe = uri, False
        self.create(account, configuration)

    def onBuddyState(self):
        seen = self.getInfo()
        activity = next((name for name, number in ACTIVITIES.items() if number == seen.presStatus.activity), "")
        say("buddy", uri=seen.uri, status=STATUSES.get(seen.presStatus.status, "unknown"), activity=activity,
            text=seen.presStatus.statusText, note=seen.presStatus.note, subscription=seen.subStateName,
            code=int(seen.subTermCode), reason=seen.subTermReason)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", required=True, help="its own address, sip:romeo@example.net")
    parser.add_argument("--proxy", required=True, help="HOST:PORT that everything is sent through")
    parser.add_argument("--port", type=int, required=True, help="where it listens")
    parser.add_argument("--transport", choices=["udp", "tcp"], default="udp", help="how it reaches the proxy")
    parser.add_argument("--contact", help="HOST:PORT where others reach it, when that is not where it listens")
    parser.add_argument("--publish", action="store_true", help="publish presence through the proxy")
    parser.add_argument("--log", type=int, default=0, help="pjsua2's log level, 0 to 5")
    options = parser.parse_args()

    endpoint = pjsua2.Endpoint()
    endpoint.libCreate()
    configuration = pjsua2.EpConfig()
    configuration.logConfig.level = configuration.logConfig.consoleLevel = options.log
    configuration.uaConfig.threadCnt = 0
    configuration.uaConfig.mainThreadOnly = True
    configuration.medConfig.noVad = True
    endpoint.libInit(configuration)
    endpoint.audDevManager().setNullDev()
    transport = pjsua2.TransportConfig()
    transport.port, transport.boundAddress, transport.publicAddress = options.port, "127.0.0.1", "127.0.0.1"
    endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
    endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_TCP, transport)
    endpoint.libStart()

    configuration = pjsua2.AccountConfig()
    configuration.idUri = options.user
    configuration.regConfig.registerOnAdd = False
    configuration.presConfig.publishEnabled = options.publish
    suffix = ";transport=tcp" if options.transport == "tcp" else ""
    configuration.sipConfig.proxies.append(f"sip:{options.proxy}{suffix};lr")
    if options.contact:
        user = options.user.removeprefix("sip:").partition("@")[0]
        configuration.sipConfig.contactForced = f"<sip:{user}@{options.contact}>"
    account = Account()
    account.create(configuration)
    friends, waiting = {}, queue.Queue()

    def friend(uri):
        if uri not in friends:
            friends[uri] = Friend(account, uri)
        return friends[uri]

    def read():
        for command in commands():
            waiting.put(command)
        waiting.put({"do": "quit"})

    threading.Thread(target=read, daemon=True).start()
    say("ready")
    while True:
        endpoint.libHandleEvents(20)
        try:
            command = waiting.get_nowait()
        except queue.Empty:
            continue
        if command["do"] == "quit":
            break
        if command["do"] == "send":
            message = pjsua2.SendInstantMessageParam()
            message.content = command["text"]
            friend(command["to"]).sendInstantMessage(message)
        elif command["do"] == "watch":
            friend(command["to"]).subscribePresence(command["wanted"])
        elif command["do"] == "status":
            status = pjsua2.PresenceStatus()
            status.status = (pjsua2.PJSUA_BUDDY_STATUS_ONLINE if command["online"]
                             else pjsua2.PJSUA_BUDDY_STATUS_OFFLINE)
            status.activity = ACTIVITIES.get(command.get("activity"), pjsua2.PJRPID_ACTIVITY_UNKNOWN)
            status.note = command.get("note", "")
            account.setOnlineStatus(status)
        elif command["do"] == "answer":
            account.answer = command["code"]
            say("answering", code=account.answer)
        elif command["do"] == "decide":
            notice = pjsua2.PresNotifyParam()
            notice.srvPres = account.watchers[command["watcher"]]
            notice.state = (pjsua2.PJSIP_EVSUB_STATE_ACTIVE if command["admitted"]
                            else pjsua2.PJSIP_EVSUB_STATE_TERMINATED)
            notice.reason = command.get("reason", "")
            notice.withBody = command["admitted"]
            account.presNotify(notice)
    say("bye")
    friends.clear()
    account.shutdown()
    endpoint.libDestroy()


if __name__ == "__main__":
    main()
