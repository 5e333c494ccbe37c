"""Reads a trace of strace and tells what was on disk when a response was sent."""

import re

CALLS = ("fdatasync,fsync,sendto,sendmsg,sendmmsg,write,writev,pwrite64,pwritev,pwritev2,"
         "recvfrom,recvmsg,recvmmsg,read,readv")
LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
RESULT = re.compile(r"\) += (-?\d+|\?)")
CALL_ID = re.compile(r"(?:Call-ID|i) ?: ?([^\\\s]+)\\r\\n", re.IGNORECASE)


def command(output):
    """The words to put before a program: the traced process stays the child of its starter."""
    return ["strace", "-D", "-f", "-ttt", "-y", "-v", "-s", "4096", "-e", f"trace={CALLS}", "-e", "signal=none",
            "-o", str(output)]


class Call:
    """One system call; `began` and `ended` are places in the trace."""

    __slots__ = ("name", "text", "began", "ended", "result")

    def __init__(self, name, text, began, ended, result):
        self.name, self.text, self.began, self.ended, self.result = name, text, began, ended, result


def calls(lines):
    """The calls of a trace in the order of their beginnings."""
    open_calls, done = {}, []
    for place, line in enumerate(lines):
        match = LINE.match(line.rstrip("\n"))
        if not match:
            continue
        thread, _, rest = match.groups()
        resumed = RESUMED.match(rest)
        if resumed and thread in open_calls:
            name, text, began = open_calls.pop(thread)
            text += resumed.group(2)
        elif rest.endswith(UNFINISHED):
            rest = rest[:-len(UNFINISHED)]
            open_calls[thread] = (rest.split("(", 1)[0], rest, place)
            continue
        elif "(" in rest:
            name, text, began = rest.split("(", 1)[0], rest, place
        else:
            continue
        results = RESULT.findall(text)
        done.append(Call(name, text, began, place, results[-1] if results else "?"))
    return sorted(done, key=lambda call: call.began)


class Shown:
    """What a trace shows of the responses of one kind."""

    def __init__(self, lines, state):
        self.received, self.answers, self.syncs, self.writes = {}, [], [], []
        for call in calls(lines):
            if call.name in ("fdatasync", "fsync"):
                if str(state) in call.text and call.result == "0":
                    self.syncs.append(call)
            elif call.name.startswith("pwrite") or (call.name.startswith("write") and str(state) in call.text):
                if str(state) in call.text:
                    self.writes.append(call)
            elif call.name.startswith(("recv", "read")):
                for part in re.split(r"(?=MESSAGE sip:)", call.text)[1:]:
                    found = CALL_ID.search(part)
                    if found:
                        self.received.setdefault(found.group(1), call)
            elif call.name.startswith(("send", "write")):
                for part in re.split(r"(?=SIP/2\.0 \d)", call.text)[1:]:
                    found = CALL_ID.search(part)
                    if part.startswith("SIP/2.0 2") and found:
                        self.answers.append((found.group(1), call))

    def unproved(self, wanted):
        """The Call-IDs of `wanted` whose 2xx went out without a finished sync, each with the reason."""
        faults, answered = {}, set()
        for call_id, answer in self.answers:
            if call_id not in wanted:
                continue
            answered.add(call_id)
            request = self.received.get(call_id)
            if not request:
                faults[call_id] = "the trace does not show its request"
            elif not any(request.ended < write.began and write.ended < answer.began for write in self.writes):
                faults[call_id] = "nothing was written to the state folder between request and answer"
            elif not any(request.ended < sync.began and sync.ended < answer.began for sync in self.syncs):
                faults[call_id] = "no sync began after the request and ended before the answer"
        for call_id in set(wanted) - answered:
            faults[call_id] = "the trace does not show a 2xx"
        return faults
