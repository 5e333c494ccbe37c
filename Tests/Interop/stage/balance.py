"""Whether a gateway's counters balance, and say what its crossings say: asked after every play and every fault."""

import json
import time

from .processes import NotReady

#: The ends of crossings, by the counter that counts them. Who could not be told is counted among the failed.
ENDS = {"delivered": {"delivered"}, "failed": {"failed", "failed-untold"}, "expired": {"expired"}}
OPEN = {"waiting", "sent", "held"}
#: A gateway that runs may settle something between two questions.
TRIES, PAUSE = 20, 0.25


def counters(gateway):
    """What `isthmus status` says: the counters, how many are open, and whether it finds that they balance."""
    view = json.loads(gateway.command("status", "--json"))
    rows = {(row.get("section"), row.get("name")): row.get("value") for row in view["rows"]}
    counted = {name: int(value) for (section, name), value in rows.items() if section == "counter"}
    return counted, sum(int(rows.get(("open", name)) or 0) for name in OPEN), view["balances"]


def faults(gateway):
    """What does not hold of a gateway's books; nothing when all does."""
    found = []
    counted, still_open, balances = counters(gateway)
    crossings = gateway.crossings()
    states = [crossing.state for crossing in crossings]
    # A commit that came too late is taken back: its number ends as refused, beside the refusal that its sender got.
    accepted = [crossing for crossing in crossings if crossing.entry.get("id") and crossing.state != "refused"]
    refused = [crossing for crossing in crossings if not crossing.entry.get("id")]
    ended = {name: sum(state in words for state in states) for name, words in ENDS.items()}
    if not balances or counted["accepted"] != sum(counted[name] for name in ENDS) + still_open:
        found.append(f"accepted is not delivered + failed + expired + waiting + sent + held: {counted}, {still_open}")
    # A restored store counts from its backup, while the files of the log have what came after that as well.
    if getattr(gateway, "is_restored", False):
        return found
    if any(counted[name] != number for name, number in ended.items()):
        found.append(f"the counters say {counted}, the crossings {ended}")
    if sum(state in OPEN for state in states) != still_open:
        found.append(f"{still_open} are open, and so many crossings: {sum(state in OPEN for state in states)}")
    if (counted["accepted"], counted["refused"]) != (len(accepted), len(refused)):
        found.append(f"accepted and refused are {counted['accepted']} and {counted['refused']} by the counters, "
                     f"{len(accepted)} and {len(refused)} by the crossings")
    return found


def check(play, gateway):
    """Claims that the books of a gateway balance, whether it runs or not."""
    if not (gateway.work / "state" / "isthmus.db").exists():
        return
    found = ["nothing was asked"]
    try:
        for _ in range(TRIES):
            found = faults(gateway)
            if not found:
                break
            time.sleep(PAUSE)
    except (NotReady, OSError, ValueError, KeyError) as fault:
        found = [f"{type(fault).__name__}: {fault}"]
    play.claim(f"{gateway.name}: received = accepted + refused + duplicate, accepted = ended + open, as its crossings say",
               not found, "\n".join(found))
