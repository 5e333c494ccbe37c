#!/usr/bin/env python3
"""A user of Linphone, driven through liblinphone's C interface, who writes in Message/CPIM.

The core runs without registration, sound or video. `linphone_chat_room_allow_cpim` and the account key
`cpim_in_basic_chat_rooms_enabled` together make it send message/cpim; either alone does not.
"""

import argparse
import ctypes
import os
import queue
import threading

from lines import commands, say

OPEN, ACCEPT = 0, 2  # LinphonePresenceBasicStatus, LinphoneSubscribePolicy
ACTIVITIES = {"away": 1, "busy": 3, "meeting": 10, "on-the-phone": 11, "vacation": 24}  # LinphonePresenceActivityType
STATES = ["idle", "in-progress", "delivered", "not-delivered", "file-error", "file-done", "delivered-to-user",
          "displayed", "file-in-progress"]
BASIC_BACKEND = 1

CONFIGURATION = """\
[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port=0
default_proxy=0
register_only_when_network_is_up=0
guess_hostname=0
use_ipv6=0
zrtp_cache_migration_done=1
keepalive_period=0
subscribe_presence_only_when_registered=0
[proxy_0]
reg_proxy=<sip:{proxy};transport={transport};lr>
reg_route=<sip:{proxy};transport={transport};lr>
reg_identity={user}
reg_sendregister={register}
reg_expires={expires}
publish=0
cpim_in_basic_chat_rooms_enabled={cpim}
[storage]
backend=sqlite3
uri={work}/linphone.db
[misc]
chat_database_path=
version_check_url_root=
[video]
enabled=0
capture=0
display=0
[sound]
playback_dev_id=none
capture_dev_id=none
[net]
firewall_policy=0
"""


def library():
    """Loads liblinphone and declares what is called."""
    lib = ctypes.CDLL("liblinphone.so.10")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    declarations = {
        "linphone_factory_get": (pointer, []),
        "linphone_factory_create_config_from_string": (pointer, [pointer, text]),
        "linphone_factory_create_core_with_config_3": (pointer, [pointer, pointer, pointer]),
        "linphone_factory_create_core_cbs": (pointer, [pointer]),
        "linphone_factory_create_address": (pointer, [pointer, text]),
        "linphone_factory_create_chat_message_cbs": (pointer, [pointer]),
        "linphone_factory_set_top_resources_dir": (None, [pointer, text]),
        "linphone_core_cbs_set_message_received": (None, [pointer, pointer]),
        "linphone_core_add_callbacks": (None, [pointer, pointer]),
        "linphone_core_enable_auto_iterate": (None, [pointer, number]),
        "linphone_core_set_network_reachable": (None, [pointer, number]),
        "linphone_core_start": (number, [pointer]),
        "linphone_core_stop": (None, [pointer]),
        "linphone_core_iterate": (None, [pointer]),
        "linphone_core_get_im_notif_policy": (pointer, [pointer]),
        "linphone_im_notif_policy_clear": (None, [pointer]),
        "linphone_im_notif_policy_enable_all": (None, [pointer]),
        "linphone_core_create_default_chat_room_params": (pointer, [pointer]),
        "linphone_chat_room_params_set_backend": (None, [pointer, number]),
        "linphone_chat_room_params_enable_encryption": (None, [pointer, number]),
        "linphone_chat_room_params_enable_group": (None, [pointer, number]),
        "linphone_core_create_chat_room_6": (pointer, [pointer, pointer, pointer, pointer]),
        "linphone_chat_room_allow_cpim": (None, [pointer]),
        "linphone_chat_room_create_message_from_utf8": (pointer, [pointer, text]),
        "linphone_chat_room_mark_as_read": (None, [pointer]),
        "linphone_chat_room_compose": (None, [pointer]),
        "linphone_chat_room_is_remote_composing": (ctypes.c_ubyte, [pointer]),
        "linphone_core_cbs_set_is_composing_received": (None, [pointer, pointer]),
        "linphone_chat_message_send": (None, [pointer]),
        "linphone_chat_message_add_callbacks": (None, [pointer, pointer]),
        "linphone_chat_message_cbs_set_msg_state_changed": (None, [pointer, pointer]),
        "linphone_chat_message_get_utf8_text": (text, [pointer]),
        "linphone_chat_message_get_content_type": (text, [pointer]),
        "linphone_chat_message_get_from_address": (pointer, [pointer]),
        "linphone_chat_message_get_to_address": (pointer, [pointer]),
        "linphone_chat_message_get_message_id": (text, [pointer]),
        "linphone_chat_message_is_text": (number, [pointer]),
        "linphone_core_cbs_set_notify_presence_received": (None, [pointer, pointer]),
        "linphone_core_enable_friend_list_subscription": (None, [pointer, number]),
        "linphone_core_get_default_friend_list": (pointer, [pointer]),
        "linphone_core_create_friend_with_address": (pointer, [pointer, text]),
        "linphone_core_create_presence_model": (pointer, [pointer]),
        "linphone_core_create_presence_activity": (pointer, [pointer, number, text]),
        "linphone_core_set_presence_model": (None, [pointer, pointer]),
        "linphone_friend_edit": (None, [pointer]),
        "linphone_friend_done": (None, [pointer]),
        "linphone_friend_enable_subscribes": (None, [pointer, number]),
        "linphone_friend_set_inc_subscribe_policy": (None, [pointer, number]),
        "linphone_friend_get_address": (pointer, [pointer]),
        "linphone_friend_get_presence_model": (pointer, [pointer]),
        "linphone_friend_list_add_friend": (number, [pointer, pointer]),
        "linphone_friend_list_enable_subscriptions": (None, [pointer, number]),
        "linphone_presence_activity_get_type": (number, [pointer]),
        "linphone_presence_model_add_activity": (number, [pointer, pointer]),
        "linphone_presence_model_add_note": (number, [pointer, text, text]),
        "linphone_presence_model_get_activity": (pointer, [pointer]),
        "linphone_presence_model_get_basic_status": (number, [pointer]),
        "linphone_presence_model_get_note": (pointer, [pointer, text]),
        "linphone_presence_model_set_basic_status": (number, [pointer, number]),
        "linphone_presence_note_get_content": (text, [pointer]),
        "linphone_address_as_string_uri_only": (text, [pointer]),
        "linphone_logging_service_get": (pointer, []),
        "linphone_logging_service_set_log_file": (None, [pointer, text, text, ctypes.c_size_t]),
        "linphone_logging_service_set_log_level_mask": (None, [pointer, ctypes.c_uint]),
        "bctbx_list_append": (pointer, [pointer, pointer]),
    }
    for name, (result, arguments) in declarations.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class User:
    """One core with one account and one room for each correspondent."""

    def __init__(self, options):
        lib = self.lib = library()
        factory = self.factory = lib.linphone_factory_get()
        os.makedirs(options.work, exist_ok=True)
        service = lib.linphone_logging_service_get()
        lib.linphone_logging_service_set_log_level_mask(service, 0x3E if options.log else 0x30)
        lib.linphone_logging_service_set_log_file(service, options.work.encode(), b"linphone.log", 50_000_000)
        udp, tcp = (0, options.port) if options.transport == "tcp" else (options.port, 0)
        configuration = CONFIGURATION.format(
            udp=udp, tcp=tcp, proxy=options.proxy, transport=options.transport, user=options.user,
            cpim=0 if options.plain else 1, work=options.work, register=int(options.register),
            expires=3600 if options.register else 0)
        config = lib.linphone_factory_create_config_from_string(factory, configuration.encode())
        self.core = lib.linphone_factory_create_core_with_config_3(factory, config, None)
        # Python keeps no reference for C: the callbacks live as long as this object.
        self.on_received = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(self.received)
        self.on_state = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int)(self.changed)
        callbacks = lib.linphone_factory_create_core_cbs(factory)
        lib.linphone_core_cbs_set_message_received(callbacks, ctypes.cast(self.on_received, ctypes.c_void_p))
        self.on_presence = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(self.presence)
        lib.linphone_core_cbs_set_notify_presence_received(callbacks, ctypes.cast(self.on_presence, ctypes.c_void_p))
        self.on_writing = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(self.writing)
        lib.linphone_core_cbs_set_is_composing_received(callbacks, ctypes.cast(self.on_writing, ctypes.c_void_p))
        lib.linphone_core_add_callbacks(self.core, callbacks)
        lib.linphone_core_enable_auto_iterate(self.core, 0)
        policy = lib.linphone_core_get_im_notif_policy(self.core)
        (lib.linphone_im_notif_policy_enable_all if options.receipts else lib.linphone_im_notif_policy_clear)(policy)
        if lib.linphone_core_start(self.core) != 0:
            raise SystemExit("linphone_core_start failed")
        lib.linphone_core_set_network_reachable(self.core, 1)
        self.identity = lib.linphone_factory_create_address(factory, options.user.encode())
        self.plain = options.plain
        self.rooms, self.sent, self.friends = {}, {}, {}

    def room(self, to):
        """The one-to-one room with `to`, made at its first use."""
        if to not in self.rooms:
            lib = self.lib
            parameters = lib.linphone_core_create_default_chat_room_params(self.core)
            lib.linphone_chat_room_params_set_backend(parameters, BASIC_BACKEND)
            lib.linphone_chat_room_params_enable_encryption(parameters, 0)
            lib.linphone_chat_room_params_enable_group(parameters, 0)
            address = lib.linphone_factory_create_address(self.factory, to.encode())
            room = lib.linphone_core_create_chat_room_6(
                self.core, parameters, self.identity, lib.bctbx_list_append(None, address))
            if not room:
                raise SystemExit(f"liblinphone made no room with {to}")
            if not self.plain:
                lib.linphone_chat_room_allow_cpim(room)
            self.rooms[to] = room
        return self.rooms[to]

    def send(self, to, text, tag):
        lib = self.lib
        message = lib.linphone_chat_room_create_message_from_utf8(self.room(to), text.encode())
        callbacks = lib.linphone_factory_create_chat_message_cbs(self.factory)
        lib.linphone_chat_message_cbs_set_msg_state_changed(callbacks, ctypes.cast(self.on_state, ctypes.c_void_p))
        lib.linphone_chat_message_add_callbacks(message, callbacks)
        self.sent[message] = tag
        lib.linphone_chat_message_send(message)

    def read(self, to):
        """Shows what came from `to`."""
        self.lib.linphone_chat_room_mark_as_read(self.room(to))

    def compose(self, to):
        """Begins to write to `to`."""
        self.lib.linphone_chat_room_compose(self.room(to))

    def writing(self, _core, room):
        say("writing", active=bool(self.lib.linphone_chat_room_is_remote_composing(room)))

    def watch(self, to, wanted):
        """Adds `to` as a friend whose presence is asked for and who may see this user; or asks no more."""
        lib, friend = self.lib, self.friends.get(to)
        if friend:
            lib.linphone_friend_edit(friend)
            lib.linphone_friend_enable_subscribes(friend, int(wanted))
            lib.linphone_friend_done(friend)
            return
        friend = self.friends[to] = lib.linphone_core_create_friend_with_address(self.core, to.encode())
        lib.linphone_friend_enable_subscribes(friend, int(wanted))
        lib.linphone_friend_set_inc_subscribe_policy(friend, ACCEPT)
        friends = lib.linphone_core_get_default_friend_list(self.core)
        lib.linphone_friend_list_enable_subscriptions(friends, 1)
        lib.linphone_friend_list_add_friend(friends, friend)

    def status(self, online, activity=None, note=None):
        """What this user says of itself."""
        lib = self.lib
        model = lib.linphone_core_create_presence_model(self.core)
        lib.linphone_presence_model_set_basic_status(model, OPEN if online else 1 - OPEN)
        if activity:
            lib.linphone_presence_model_add_activity(
                model, lib.linphone_core_create_presence_activity(self.core, ACTIVITIES[activity], None))
        if note:
            lib.linphone_presence_model_add_note(model, note.encode(), None)
        lib.linphone_core_set_presence_model(self.core, model)

    def presence(self, _core, friend):
        lib = self.lib
        model = lib.linphone_friend_get_presence_model(friend)
        activity = model and lib.linphone_presence_model_get_activity(model)
        number = lib.linphone_presence_activity_get_type(activity) if activity else None
        note = model and lib.linphone_presence_model_get_note(model, None)
        say("friend", uri=self.uri(lib.linphone_friend_get_address(friend)),
            online=bool(model) and lib.linphone_presence_model_get_basic_status(model) == OPEN,
            activity=next((name for name, known in ACTIVITIES.items() if known == number), number),
            note=(note and lib.linphone_presence_note_get_content(note) or b"").decode("utf-8", "replace"))

    def uri(self, address):
        return (self.lib.linphone_address_as_string_uri_only(address) or b"").decode()

    def received(self, _core, _room, message):
        lib = self.lib
        text = lib.linphone_chat_message_get_utf8_text(message)
        kind = lib.linphone_chat_message_get_content_type(message)
        say("message", sender=self.uri(lib.linphone_chat_message_get_from_address(message)),
            to=self.uri(lib.linphone_chat_message_get_to_address(message)),
            text=(text or b"").decode("utf-8", "replace"), type=(kind or b"").decode(),
            id=(lib.linphone_chat_message_get_message_id(message) or b"").decode())

    def changed(self, message, state):
        say("state", tag=self.sent.get(message), state=STATES[state] if state < len(STATES) else str(state))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", required=True, help="its own address, sip:romeo@example.net")
    parser.add_argument("--proxy", required=True, help="HOST:PORT that everything is sent through")
    parser.add_argument("--port", type=int, required=True, help="where it listens")
    parser.add_argument("--transport", choices=["udp", "tcp"], default="udp")
    parser.add_argument("--work", required=True, help="its own directory")
    parser.add_argument("--plain", action="store_true", help="write text/plain, not message/cpim")
    parser.add_argument("--receipts", action="store_true", help="ask for and send IMDN and is-composing")
    parser.add_argument("--register", action="store_true", help="register first; without it no IMDN is sent")
    parser.add_argument("--log", action="store_true", help="keep liblinphone's whole log")
    options = parser.parse_args()
    user, waiting = User(options), queue.Queue()

    def read():
        for command in commands():
            waiting.put(command)
        waiting.put({"do": "quit"})

    threading.Thread(target=read, daemon=True).start()
    say("ready")
    while True:
        user.lib.linphone_core_iterate(user.core)
        try:
            command = waiting.get(timeout=0.02)
        except queue.Empty:
            continue
        if command["do"] == "quit":
            break
        if command["do"] == "send":
            user.send(command["to"], command["text"], command.get("tag"))
        elif command["do"] == "read":
            user.read(command["to"])
        elif command["do"] == "compose":
            user.compose(command["to"])
        elif command["do"] == "watch":
            user.watch(command["to"], command["wanted"])
        elif command["do"] == "status":
            user.status(command["online"], command.get("activity"), command.get("note"))
    say("bye")
    os._exit(0)  # liblinphone's own shutdown waits for servers that this user does not have.


if __name__ == "__main__":
    main()
