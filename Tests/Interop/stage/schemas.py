"""What the gateway writes is checked against the schemas of the RFCs."""

import re
import subprocess
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[2] / "Schemas" / "presence-all.xsd"
TYPE = "application/pidf+xml"
TIME = re.compile(r"timestamp>([^<]*)<")


def claim_valid(play, messages, what="every presence document that the gateway wrote is valid", dated=True):
    """A claim about the presence documents in `messages`, of which there must be one at least.

    Another one about their times, unless not `dated`: what is told of a person has none.
    """
    documents = dict.fromkeys(message.body for message in messages if message.content_type == TYPE)
    folder = play.work / "documents"
    folder.mkdir(exist_ok=True)
    files = [folder / f"{number}.xml" for number in range(len(documents))]
    for file, body in zip(files, documents):
        file.write_bytes(body)
    faults = "there is none"
    if files:
        checked = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SCHEMA, *files], capture_output=True,
                                 text=True, timeout=60, check=False)
        faults = checked.stderr if checked.returncode else ""
    play.claim(f"{what} ({len(files)})", not faults, faults)
    if dated:
        play.claim("each change that it told has a time of its own", not undated(messages), undated(messages)[:2])


def undated(messages):
    """Pairs of documents that follow each other in a dialog and differ, but not in their times (RFC 3863 §4.1.7)."""
    dialogs = {}
    for message in messages:
        if message.content_type == TYPE:
            dialogs.setdefault(message.call_id, []).append(message.text)
    return [(one, other) for texts in dialogs.values() for one, other in zip(texts, texts[1:])
            if one != other and TIME.findall(one) == TIME.findall(other)]
