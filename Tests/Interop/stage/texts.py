"""The texts that cross: what goes wrong first when a gateway is careless."""


def filled(length, seed="Was uns not tut, ist das Brot — und die Rosen. ثمانية 🌹 "):
    """Text of exactly `length` UTF-8 bytes, of several scripts, without a space at its end."""
    text = (seed * (length // len(seed.encode()) + 1))
    while len(text.encode()) > length - 1:
        text = text[:-1]
    return text + "." * (length - len(text.encode()))


SAMPLES = {
    "plain text": "Art thou not Romeo, and a Montague?",
    "emoji": "Neither, fair saint 👋🏽 👩‍👩‍👧‍👦 🇮🇪 ❤️‍🔥, if either thee dislike",
    "right-to-left text": "שלום עולם — مرحبا بالعالم (12:30) \u202bعربي\u202c abc",
    "several lines": "What's in a name?\nThat which we call a rose\n\nBy any other word",
    "markup and quotes": "<b>&amp; \"quoted\" 'single' ]]> </body> \\ %41 &#x41;",
    "combining marks": "A\u030angstro\u0308m, ｆｕｌｌｗｉｄｔｈ, ﷽, ﬁ",
    "1 kB": filled(1000),
}


def same(expected, seen):
    """Whether two texts are equal, a CRLF being one line end as an LF is."""
    return seen.replace("\r\n", "\n") == expected
