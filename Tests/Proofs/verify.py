#!/usr/bin/env python3
"""Verifies what `isthmus audit prove` prints, with nothing but Python's own library.

Usage: verify.py KEY < proof.json

KEY is the public key as `isthmus audit key` prints it. Prints what is proved and ends with 0, or says what is wrong and
ends with 1; 2 is wrong usage. Written after RFC 9162 section 2.1.3.2, RFC 8032 section 5.1.7 and the signed-note format,
and shares no code with the gateway.
"""
import base64
import hashlib
import json
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def fail(reason):
    print(f"not proved: {reason}")
    sys.exit(1)


def recover(y, sign):
    """The x of a point of the curve from its y, or None."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return P - x if (x & 1) != sign else x


def point(data):
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = recover(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(number, base):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, base)
        base = add(base, base)
        number >>= 1
    return result


def same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(key, message, signature):
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or len(signature) != 64:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return same(multiply(s, BASE), add(r, multiply(h, a)))


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf, index, size, path):
    if not 0 <= index < size:
        fail("the index lies outside the tree")
    first, second, value = index, size - 1, leaf
    for other in path:
        if second == 0:
            fail("the path is too long")
        if first & 1 or first == second:
            value = node(other, value)
            while not first & 1 and first:
                first >>= 1
                second >>= 1
        else:
            value = node(value, other)
        first >>= 1
        second >>= 1
    if second:
        fail("the path is too short")
    return value


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip().split("\n")[2], file=sys.stderr)
        sys.exit(2)
    parts = sys.argv[1].strip().split("+", 2)
    if len(parts) != 3:
        print("a key is NAME+ID+KEY", file=sys.stderr)
        sys.exit(2)
    name, identifier, encoded = parts
    decoded = base64.b64decode(encoded, validate=True)
    if decoded[0] != 1 or len(decoded) != 33:
        fail("the key is no Ed25519 key")
    key = decoded[1:]
    if hashlib.sha256(name.encode() + b"\n" + decoded).digest()[:4].hex() != identifier:
        fail("the ID of the key is not that of the key")

    proof = json.load(sys.stdin)
    text, _, signatures = proof["checkpoint"].partition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    root = base64.b64decode(root, validate=True)
    record = proof["record"].encode()
    leaf = hashlib.sha256(b"\x00" + record).digest()
    if json.loads(record)["seq"] != proof["sequence"] or proof["index"] != proof["sequence"] - 1:
        fail("the record is another one")
    if int(size) != proof["size"] or origin != name:
        fail("the checkpoint is another one")
    path = [bytes.fromhex(value) for value in proof["path"]]
    if root_of(leaf, proof["index"], proof["size"], path) != root:
        fail("the path does not lead to the root that was signed")
    for line in signatures.splitlines():
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value, validate=True)
        if dash == "\u2014" and signer == name and value[:4].hex() == identifier:
            if not is_signed(key, text.encode(), value[4:]):
                fail("the signature is false")
            print(f"proved: record {proof['sequence']} is one of {size} that {name} signed")
            return
    fail("the key has not signed")


main()
