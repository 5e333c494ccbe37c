"""SIP messages as the plays need them: heads split, compact names spelled out, streams cut into messages."""

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
           "c": "content-type", "k": "supported", "s": "subject", "e": "content-encoding"}


class Message:
    """One request or response; header names in lower case, long form, in wire order."""

    def __init__(self, raw):
        self.raw = bytes(raw)
        head, _, self.body = self.raw.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
        self.first, self.fields = lines[0], []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.fields.append((COMPACT.get(name, name), value.strip()))
        length = self.header("content-length")
        if length is not None and length.isdigit():
            self.body = self.body[:int(length)]
        self.is_request = not self.first.startswith("SIP/2.0 ")
        parts = self.first.split(" ", 2)
        self.method = parts[0] if self.is_request else (self.header("cseq") or " ").split()[-1]
        self.uri = parts[1] if self.is_request and len(parts) > 1 else None
        self.code = None if self.is_request else int(parts[1])

    def header(self, name):
        """The first value of a header, or None."""
        return next((value for field, value in self.fields if field == name), None)

    def headers(self, name):
        return [value for field, value in self.fields if field == name]

    @property
    def content_type(self):
        """The media type without its parameters, in lower case."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @property
    def call_id(self):
        return self.header("call-id")

    @property
    def branch(self):
        """The branch of the topmost Via."""
        for part in (self.header("via") or "").split(",")[0].split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "branch":
                return value.strip()
        return None

    def tag(self, name):
        """The tag of From or To."""
        value = (self.header(name) or "").split(">")[-1]
        for part in value.split(";")[1:]:
            key, _, text = part.partition("=")
            if key.strip().lower() == "tag":
                return text.strip()
        return None

    @property
    def text(self):
        """What a reader would see: the content of a message/cpim, else the body."""
        body = self.body
        if self.content_type == "message/cpim":
            body = body.split(b"\r\n\r\n", 2)[-1]
        return body.decode("utf-8", "replace")

    def __repr__(self):
        return f"<{self.first} {self.header('content-type') or ''}>"


def response(request, code, reason, extra=(), tag="peer"):
    """The bytes of a response to `request`."""
    lines = [f"SIP/2.0 {code} {reason}"]
    for name, value in request.fields:
        if name in ("via", "from", "call-id", "cseq"):
            lines.append(f"{name.title() if name != 'call-id' else 'Call-ID'}: {value}")
        elif name == "to":
            lines.append(f"To: {value}" + ("" if request.tag("to") else f";tag={tag}"))
    lines += list(extra) + ["Content-Length: 0", "", ""]
    return "\r\n".join(lines).replace("Cseq:", "CSeq:").encode()


def request(method, uri, sender, to, sent_by, branch, call_id, cseq=1, transport="UDP", body=b"",
            content_type="text/plain", tag="t1", to_tag=None, extra=()):
    """The bytes of a request."""
    lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/{transport} {sent_by};branch={branch};rport",
             "Max-Forwards: 70", f"From: <{sender}>;tag={tag}",
             f"To: <{to}>" + (f";tag={to_tag}" if to_tag else ""), f"Call-ID: {call_id}",
             f"CSeq: {cseq} {method}", *extra]
    if body:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


class Cutter:
    """Cuts the bytes of one direction of a TCP connection into messages."""

    def __init__(self):
        self.waiting = b""

    def feed(self, data):
        """Returns the messages that `data` completes."""
        self.waiting += data
        done = []
        while True:
            self.waiting = self.waiting.lstrip(b"\r\n")
            end = self.waiting.find(b"\r\n\r\n")
            if end < 0:
                return done
            head = Message(self.waiting[:end + 4])
            length = head.header("content-length")
            total = end + 4 + (int(length) if length and length.isdigit() else 0)
            if len(self.waiting) < total:
                return done
            done.append(Message(self.waiting[:total]))
            self.waiting = self.waiting[total:]
