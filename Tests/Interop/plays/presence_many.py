"""A hundred SIP watchers of one XMPP user: each change reaches them all, and none is told too often."""

from stage.actors import xmpp_user
from stage.ports import free_port
from stage.processes import wait_for
from stage.schemas import claim_valid
from stage.watchers import Watchers

NAME = "presence-many"
TITLE = "Prosody and slixmpp with 100 SIP watchers of one user, and a pace"
NEEDS = ["prosody", "prosodyctl", "slixmpp", "xmllint"]

COUNT, PACE = 100, 1.0
JULIET = "sip:juliet@example.com"


def perform(play):
    prosody = play.prosody(users=("juliet",))
    gateway = play.gateway(prosody, free_port(), limits={"presence-pace": f"{PACE:.0f}s"})
    juliet = xmpp_user(play, "juliet", prosody)
    juliet.tell(do="admit", everybody=True)
    watchers = play.keep(Watchers(COUNT, JULIET, gateway.port))

    def reaches(text, *parts, seconds=20):
        def holds(message):
            return all(part in message.text for part in parts)
        before = gateway.cpu()
        play.attempt(text, lambda: wait_for(
            lambda: watchers.all_told(holds), seconds,
            lambda: f"{sum(map(holds, watchers.last().values()))} of {COUNT} watchers were told so"))
        return gateway.cpu() - before

    watchers.subscribe()
    reaches(f"{COUNT} watchers are admitted and see the user", "<basic>open</basic>", seconds=40)
    play.claim("each SUBSCRIBE is answered with 200",
               [watchers.answers.get((name, 1)) and watchers.answers[name, 1].code for name in watchers.names]
               == [200] * COUNT, watchers.answers)
    play.claim("each is told as pending first, and then as active",
               all(phases(seen)[0] == "pending" and phases(seen)[-1] == "active" for seen in watchers.told().values()),
               {name: phases(seen) for name, seen in watchers.told().items()})

    juliet.tell(do="presence", show="away", status="Gone")
    used = reaches("one change reaches all of them", ">away</show>", ">Gone</note>")
    play.figure(f"processor time of one change for {COUNT} watchers", f"{used * 1000:.0f} ms")

    before = {name: len(seen) for name, seen in watchers.told().items()}
    for number in range(20):
        juliet.tell(do="presence", show="dnd", status=f"Verse {number}")
    used = reaches("of twenty changes in a row the last reaches all of them", ">Verse 19</note>")
    play.figure(f"processor time of twenty changes in a row for {COUNT} watchers", f"{used * 1000:.0f} ms")
    more = {name: len(seen) - before[name] for name, seen in watchers.told().items()}
    play.claim("nobody got more than three documents for them", max(more.values()) <= 3, more)
    gaps = [later[0] - earlier[0] for seen in watchers.told().values()
            for earlier, later in zip(documents(seen), documents(seen)[1:])]
    play.claim("between two documents of a watcher lies the pace", gaps and min(gaps) > PACE * 0.9, sorted(gaps)[:5])
    play.figure("documents in all, shortest gap", f"{sum(len(documents(seen)) for seen in watchers.told().values())}, "
                f"{min(gaps, default=0):.2f} s")

    some = watchers.names[:COUNT // 2]
    watchers.subscribe(some, sequence=2, expires=0)
    play.attempt("half of them leave", lambda: wait_for(
        lambda: all(phases(watchers.told()[name])[-1] == "terminated" for name in some), 10,
        lambda: {name: phases(watchers.told()[name]) for name in some}))
    left = {name: len(watchers.told()[name]) for name in some}
    juliet.tell(do="presence", kind="unavailable")
    rest = watchers.names[COUNT // 2:]
    play.attempt("the others see the user go", lambda: wait_for(
        lambda: all("<basic>closed</basic>" in watchers.last()[name].text for name in rest), 10,
        lambda: {name: watchers.last()[name].text for name in rest[:2]}))
    play.claim("who has left is told nothing more",
               left == {name: len(watchers.told()[name]) for name in some}, left)
    play.claim("the numbers of each dialog rise by one", all(
        numbers(seen) == list(range(numbers(seen)[0], numbers(seen)[0] + len(seen)))
        for seen in watchers.told().values()), {name: numbers(seen) for name, seen in watchers.told().items()})
    claim_valid(play, [message for seen in watchers.told().values() for _, message in seen])


def phases(seen):
    return [message.header("subscription-state").partition(";")[0] for _, message in seen]


def documents(seen):
    return [(at, message) for at, message in seen if message.body]


def numbers(seen):
    return [int(message.header("cseq").split()[0]) for _, message in seen]
