"""Whether nothing was lost: the load's own books against the gateway's crossings and counters."""

from stage.load import PAIRS


def judge(play, scene, count, cut=False, refusals=(503,)):
    """Claims what must hold after every fault; that the counters balance is claimed behind every play anyway.

    `count` messages went each way. With `cut`, bytes of the component stream may have died in socket buffers, since a
    stream without acknowledgements (XEP-0114) was cut or its process killed. `refusals` are the codes that a SIP
    request may be refused with.
    """
    load, crossings = scene.load, scene.gateway.crossings()
    rows, _ = scene.status()
    counters = {name: int(value) for (section, name), value in rows.items() if section == "counter"}
    recorded = {}
    for crossing in crossings:
        for text in crossing.texts:
            if text.startswith(("xmpp-", "sip-")):
                recorded[text.removesuffix("@load")] = crossing

    _from_sip(play, load, count, recorded, refusals)
    _to_sip(play, load, recorded, cut)

    for way, arrived in (("SIP to XMPP", load.stanzas), ("XMPP to SIP", load.sip.delivered)):
        late = disordered(arrived)
        play.claim(f"{way}: each pair keeps its order", not late, f"{len(late)}: {late[:10]}")
    open_states = {crossing.state for crossing in crossings} & {"waiting", "sent", "held"}
    play.claim("nothing is left open", not open_states, open_states)
    if not cut:
        refused = sum(code >= 300 for code in load.sip.codes.values()) + len(load.returned)
        play.claim("as many were refused as were told so", counters["refused"] == refused, f"{counters}, {refused}")


def _from_sip(play, load, count, recorded, refusals):
    codes = load.sip.codes
    accepted = [name for name, code in codes.items() if 200 <= code < 300]
    refused = {code: sum(value == code for value in codes.values()) for code in sorted(set(codes.values()))}
    play.figure("SIP requests by their final response", refused)
    lost = [name for name in accepted if name not in load.stanzas]
    play.claim("SIP to XMPP: nothing that got a 2xx is lost", not lost, f"{len(lost)} lost: {lost[:20]}")
    others = {code: number for code, number in refused.items() if not 200 <= code < 300 and code not in refusals}
    play.claim("SIP to XMPP: every request got a final response, and refusals are typed",
               len(codes) == count and not others, f"{len(codes)} of {count} answered: {refused}")
    play.claim("every delivered message has a record",
               all(name in recorded for name in (*load.stanzas, *load.sip.delivered)),
               [name for name in (*load.stanzas, *load.sip.delivered) if name not in recorded][:20])
    double = {name: copies for name, copies in load.stanzas.items() if len(copies) > 1}
    play.figure("stanzas delivered twice", len(double))
    play.claim("SIP to XMPP: a double carries the same id",
               all(len({copy.attributes.get("id") for copy in copies}) == 1 and copies[0].attributes.get("id")
                   for copies in double.values()),
               {name: [copy.attributes.get("id") for copy in copies] for name, copies in list(double.items())[:10]})


def _to_sip(play, load, recorded, cut):
    undelivered = [name for name in load.written if name not in load.sip.delivered]
    untold = [name for name in undelivered if name in recorded and name not in load.returned]
    died = [name for name in undelivered if name not in recorded and name not in load.returned]
    play.claim("XMPP to SIP: what has a record is delivered, or its sender told", not untold,
               [(name, recorded[name].state) for name in untold[:20]])
    play.figure("XMPP stanzas written, delivered, returned with an error, died in socket buffers",
                f"{len(load.written)}, {len(load.sip.delivered)}, {len(load.returned)}, {len(died)}")
    if not cut:
        play.claim("XMPP to SIP: every stanza is delivered or returned", not died, f"{len(died)}: {died[:20]}")
    double = {name: copies for name, copies in load.sip.delivered.items() if len(copies) > 1}
    play.figure("requests delivered twice, repeated within their transaction", f"{len(double)}, {load.sip.repeats}")
    play.claim("XMPP to SIP: a double is the same request (Call-ID and From tag)",
               all(len({(copy.call_id, copy.tag("from")) for copy in copies}) == 1 for copies in double.values()),
               {name: [copy.fields for copy in copies] for name, copies in list(double.items())[:3]})
    play.claim("XMPP to SIP: a repeat within a transaction is the same bytes", load.sip.altered == 0,
               f"{load.sip.altered} of {load.sip.repeats}")


def disordered(arrived):
    """The first arrivals that came behind a later one of their pair. Dictionaries keep the order of arrival."""
    last, found = {}, []
    for name in arrived:
        _, round_number, number = name.split("-")
        place, pair = (int(round_number), int(number)), int(number) % PAIRS
        if last.get(pair, (-1, -1)) > place:
            found.append(f"{name} behind {last[pair]}")
        last[pair] = place
    return found
