"""What the gateway writes is checked against the schemas of the RFCs."""

import subprocess
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[2] / "Schemas" / "presence-all.xsd"
TYPE = "application/pidf+xml"


def claim_valid(play, messages, what="every presence document that the gateway wrote is valid"):
    """A claim about the presence documents in `messages`, of which there must be one at least."""
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
