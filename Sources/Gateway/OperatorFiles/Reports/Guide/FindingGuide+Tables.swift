extension FindingGuide {
    /// What tables say.
    static let tables = Chapter(
        title: "Tables",
        about: "These are about what files say. A finding that is a warning leaves the tables usable.",
        entries: [
            Entry(
                "unknown-format",
                "The file is written for another version of the gateway.",
                example: """
                    50-site/mine.yaml:1:9: error: "isthmus-mapping/2" is not a format that is read here [unknown-format]
                         1 | format: isthmus-mapping/2
                           |         ^~~~~~~~~~~~~~~~~
                      help: expected isthmus-mapping/1
                    """,
                mend: "write `format: isthmus-mapping/1`."
            ),
            Entry(
                "wrong-kind",
                "The table is there already, with rows of another kind.",
                example: """
                    50-site/mine.yaml:3:7: error: "errors" is a table of kind errors elsewhere [wrong-kind]
                         3 | kind: loss
                           |       ^~~~
                    """,
                mend: "write the kind that the table has, or choose another name."
            ),
            Entry(
                "wrong-type",
                "A single value, a list or keys stand where another of these is needed.",
                example: """
                    50-site/mine.yaml:5:5: error: a row must have columns [wrong-type]
                         5 |   - message.html
                           |     ^~~~~~~~~~~~
                      help: write {id: NAME, …}
                    """,
                mend: "write it as the help shows."
            ),
            Entry(
                "unknown-column",
                "A column has a name that its kind of row does not have. Such a column would do nothing.",
                example: """
                    50-site/mine.yaml:5:58: error: "atribute" is not a column of a field of xmpp [unknown-column]
                         5 |   - {id: urgency, xmpp: {element: urgency, namespace: n, atribute: x}, cpim: {header: U, namespace: "urn:n"}}
                           |                                                          ^~~~~~~~
                      help: did you mean "attribute"? known columns: namespace, element, attribute, child, as
                    """,
                mend: "correct the name; the nearest known one stands in the help."
            ),
            Entry(
                "missing-column",
                "A row lacks a column without which it means nothing.",
                example: """
                    50-site/mine.yaml:5:5: error: the column "match" is missing [missing-column]
                         5 |   - {id: acme, profile: stox}
                           |     ^
                      help: match: {domain: example.net}
                    """,
                mend: "add the column that is named."
            ),
            Entry(
                "unknown-value",
                "A word is none of the closed list that its column takes.",
                example: """
                    50-site/mine.yaml:5:53: error: "refse" is not what can be done about this class [unknown-value]
                         5 |   - {id: message.html, overrides: message.html, do: refse}
                           |                                                     ^~~~~
                      help: did you mean "refuse"? expected one of note, hold, refuse
                    """,
                mend: "take one from the list in the help."
            ),
            Entry(
                "unknown-field",
                "A field of a side is not known, or cannot be read or written in the way of the row.",
                example: """
                    50-site/mine.yaml:5:39: error: "bdy" is not a field of xmpp that this row can use [unknown-field]
                         5 |   - {id: text, overrides: body, xmpp: bdy, cpim: content}
                           |                                       ^~~
                      help: did you mean "body"? expected one of from, to, id, type, lang, body, subject, thread, delay, html, oob, origin-id, cc
                    """,
                mend: "take one from the list, or name a part of the item: `{element: NAME, namespace: NS}`."
            ),
            Entry(
                "unknown-switch",
                "There is no switch of this name.",
                example: """
                    50-site/mine.yaml:5:53: error: "msg.carier" is not a switch [unknown-switch]
                         5 |   - {id: acme, match: {domain: acme.example}, set: {msg.carier: sip}}
                           |                                                     ^~~~~~~~~~
                      help: did you mean "msg.carrier"? expected one of addr.jid-escape, addr.uri-escape, addr.gruu, addr.to-resource, addr.percent, sips.allow, msg.carrier, cpim.uri, msg.type.pager, msg.thread, msg.delay, msg.accept-status, msg.oversize, msg.answer, msg.html, msg.html.out, msg.multilingual, msg.charset, msg.cc, msg.reactions, msg.unstyled-in, cpim.strict, cpim.imdn-implicit-prefix, cpim.ct-default …
                    """,
                mend: "correct the name; <doc:Mappings> lists all."
            ),
            Entry(
                "unknown-loss",
                "There is no class of losses of this name.",
                example: """
                    50-site/mine.yaml:5:10: error: "message.htm" is not a class of losses [unknown-loss]
                         5 |   - {id: message.htm, do: refuse}
                           |          ^~~~~~~~~~~
                      help: did you mean "message.html"? expected one of message.html, message.part, message.extension, message.header, message.subject, message.body, message.copies, message.thread, message.value, message.characters, message.reactions, message.undelivered, presence.activity, presence.mood, presence.show.unknown, presence.element, presence.document, presence.tuple, presence.note, presence.value
                    """,
                mend: "correct the name; the id of a loss row is the class."
            ),
            Entry(
                "unknown-table",
                "A row or profile names a table that is not there, or one of another kind.",
                example: """
                    50-site/mine.yaml:5:71: error: "presence.mods" is not a table of values [unknown-table]
                         5 |   - {id: mood, xmpp: subject, cpim: content, convert: values, values: presence.mods, on-error: drop}
                           |                                                                       ^~~~~~~~~~~~~
                      help: did you mean "presence.moods"? expected one of composing, presence.activities, presence.moods, presence.show, receipts, receipts.requests, subscription.failures, subscription.reasons, subscription.refusals
                    """,
                mend: "name a table of the kind that is needed."
            ),
            Entry(
                "unknown-profile",
                "A route or profile names a profile that is not there.",
                example: """
                    50-site/mine.yaml:5:56: error: "stx" is not a profile [unknown-profile]
                         5 |   - {id: acme, match: {domain: acme.example}, profile: stx}
                           |                                                        ^~~
                      help: did you mean "stox"? expected one of default, rcs, rfc3922, stox
                    """,
                mend: "correct the name, or write the profile."
            ),
            Entry(
                "unknown-override",
                """
                A row is to replace one that is not there, that stands behind it, or that is to replace this one in \
                turn.
                """,
                example: """
                    50-site/mine.yaml:5:5: error: "busy" is never reached: an earlier row takes all that it matches [shadowed-row]
                         5 |   - {id: busy, overrides: sip-468, sip: {status: 486}, xmpp: {condition: conflict, type: wait}, way: to-xmpp}
                           |     ^
                      help: write overrides: ID to replace the earlier row, or remove this one
                    50-site/mine.yaml:5:27: error: "sip-468" is not a row of errors in an earlier folder [unknown-override]
                         5 |   - {id: busy, overrides: sip-468, sip: {status: 486}, xmpp: {condition: conflict, type: wait}, way: to-xmpp}
                           |                           ^~~~~~~
                      help: did you mean "sip-408"? expected one of sip-300, sip-301, sip-302, sip-305, sip-380, sip-400, sip-401, sip-402, sip-403, sip-404, sip-405, sip-406, sip-407, sip-408, sip-410, sip-413, sip-414, sip-415, sip-416, sip-420, sip-421, sip-423, sip-430, sip-439 …
                    """,
                mend: "name a row of an earlier folder; rows of your own are changed where they stand."
            ),
            Entry(
                "duplicate-row",
                "The id is taken, and nothing says that the row of that id is meant to be replaced.",
                example: """
                    50-site/mine.yaml:5:10: error: "message.html" is the id of a row at 00-standard/loss.yaml:10:5 [duplicate-row]
                         5 |   - {id: message.html, do: refuse}
                           |          ^~~~~~~~~~~~
                      help: choose another id, or write overrides: message.html to replace that row
                    """,
                mend: "choose another id, or write `overrides: ID` to replace the row."
            ),
            Entry(
                "bad-pattern",
                "A pattern of addresses or domains, a path or the name of a part of an address cannot be read.",
                example: #"""
                    50-site/mine.yaml:5:22: error: "juliet@x" is no address pattern [bad-pattern]
                         5 |   - {id: corp, xmpp: juliet@x, cpim: "{user}@y"}
                           |                      ^~~~~~~~
                      help: expected {user}@DOMAIN, {user}@{domain}, {user}\40{domain}@DOMAIN, {phone}@DOMAIN
                    """#,
                mend: "write it in one of the forms in the help."
            ),
            Entry(
                "bad-name",
                """
                A row gives an element, an attribute or a header a name that its protocol cannot spell, or a header of \
                the object a namespace that is no URI; or a row writes a header that the gateway writes itself.
                """,
                example: """
                    50-site/mine.yaml:5:33: error: "X-Urgency:" cannot be the name of a header [bad-name]
                         5 |   - {id: urgency, sip: {header: "X-Urgency:"}, cpim: subject}
                           |                                 ^~~~~~~~~~
                      help: expected letters, digits and any of -.!%*_+`'~ (RFC 3261 §25.1)
                    """,
                mend: "write the name as the other side knows it; blanks, colons and line ends are part of no name."
            ),
            Entry(
                "not-for-peers",
                "Addresses and profiles hold for all neighbors, and so does `otherwise`.",
                example: """
                    90-peers/acme.example/mine.yaml:1:1: error: profiles tables hold for all neighbors [not-for-peers]
                         1 | format: isthmus-mapping/1
                           | ^
                      help: move the rows to 50-site
                    """,
                mend: "move the rows to `50-site`; a route there picks a profile for one neighbor."
            ),
            Entry(
                "profile-cycle",
                "Profiles extend each other in a circle, so that none has a beginning.",
                example: """
                    50-site/mine.yaml:5:5: error: the profile "one" does not set addr.jid-escape, addr.uri-escape, addr.gruu, addr.to-resource, addr.percent, sips.allow, msg.carrier, cpim.uri and 53 more [not-total]
                         5 |   - {id: one, extends: other}
                           |     ^
                      help: set each switch, or extend a profile that does
                    50-site/mine.yaml:5:24: error: "other" extends itself [profile-cycle]
                         5 |   - {id: one, extends: other}
                           |                        ^~~~~
                      help: extend a profile that does not extend this one
                    50-site/mine.yaml:6:5: error: the profile "other" does not set addr.jid-escape, addr.uri-escape, addr.gruu, addr.to-resource, addr.percent, sips.allow, msg.carrier, cpim.uri and 53 more [not-total]
                         6 |   - {id: other, extends: one}
                           |     ^
                      help: set each switch, or extend a profile that does
                    50-site/mine.yaml:6:26: error: "one" extends itself [profile-cycle]
                         6 |   - {id: other, extends: one}
                           |                          ^~~
                      help: extend a profile that does not extend this one
                    """,
                mend: "let one of them extend `default`."
            ),
            Entry(
                "not-total",
                """
                Some input has no answer: a class of losses, a status, a condition, a record of a table of values, a \
                switch of a profile.
                """,
                example: """
                    50-site/mine.yaml:5:5: error: presence.mine does not say what becomes to-pidf of {show: chat} [not-total]
                         5 |   - {id: on, xmpp: {show: away}, pidf: {basic: open}, relation: equal}
                           |     ^
                      help: unmapped: {to-pidf: {use: ROW, loss: CLASS}}
                    50-site/mine.yaml:5:5: error: presence.mine does not say what becomes to-xmpp of {basic: closed} [not-total]
                         5 |   - {id: on, xmpp: {show: away}, pidf: {basic: open}, relation: equal}
                           |     ^
                      help: unmapped: {to-xmpp: {use: ROW, loss: CLASS}}
                    """,
                mend: "add a row for it, or `unmapped`; or restore the shipped row that was replaced."
            ),
            Entry(
                "not-reversible",
                """
                Two rows would make one of two different things, or a row that says `equal` both ways does not lead \
                back to itself.
                """,
                example: """
                    50-site/mine.yaml:5:5: error: the JIDs of this row are taken by an earlier row [not-reversible]
                         5 |   - {id: corp, xmpp: "{user}@corp.example", cpim: "{user}@sip.corp.example"}
                           |     ^
                      help: two domains of one shore cannot become one of the other; put special rows before general ones
                    """,
                mend: """
                    put special rows before general ones with `overrides`; say `broader`, or a `way`, of rows that lead \
                    one way only.
                    """
            ),
            Entry(
                "unreachable-row",
                "A warning: an earlier row takes everything that this one would.",
                example: """
                    50-site/mine.yaml:6:5: warning: no domain reaches this route: an earlier one takes them all [unreachable-row]
                         6 |   - {id: acme, match: {domain: acme.example}, profile: default}
                           |     ^
                      help: put it before the other, or write overrides: ID to replace that
                    """,
                mend: "put it before the other, replace the other with `overrides`, or remove it."
            ),
            Entry(
                "shadowed-row",
                "A row of yours is never reached: an earlier row takes everything that it would.",
                example: """
                    50-site/mine.yaml:5:5: error: "busy" is never reached: an earlier row takes all that it matches [shadowed-row]
                         5 |   - {id: busy, sip: {status: 486}, xmpp: {condition: conflict, type: wait}, way: to-xmpp}
                           |     ^
                      help: write overrides: ID to replace the earlier row, or remove this one
                    """,
                mend: "write `overrides: ID` with the id of the earlier row."
            ),
            Entry(
                "test-failed",
                "A test beside rows does not come out as it says.",
                mend: "`isthmus mappings explain` shows which rows fired; correct the row, or the test."
            ),
            Entry(
                "case-failed",
                "A generated case did not come back as it went: the row claims to lead both ways.",
                mend: "give the row a `way`, or another converter."
            ),
        ]
    )
}
