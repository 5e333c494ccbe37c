extension FindingGuide {
    /// What keeps a file from being understood at all.
    static let reading = Chapter(
        title: "Reading files",
        about: "These come before anything is understood. A file with one of them is not read further.",
        entries: [
            Entry(
                "unreadable",
                """
                The file or folder cannot be opened: it is not there, the gateway's user may not read it, or it is a \
                folder, a pipe or a link that leads nowhere. The exit code is 3.
                """,
                mend: "put a file there that the user of the gateway can read: `ls -l` shows owner and mode."
            ),
            Entry(
                "file-too-large",
                "The file is larger than 4 MiB.",
                mend: "split it; files of one folder are read in the order of their names, as if they were one."
            ),
            Entry(
                "too-many-nodes",
                "The file has more than 400,000 values, keys included.",
                mend: "split it; files of one folder are read in the order of their names, as if they were one."
            ),
            Entry(
                "too-many-files",
                "The mappings directory has more than 1,000 files, or one folder more than 10,000 names.",
                mend: "join files, and move away what is no mapping file."
            ),
            Entry(
                "too-deep",
                """
                Lists and mappings stand inside each other more than 16 levels deep. No table needs more than six.
                """,
                example: """
                    50-site/presence.yaml:1:17: error: lists and mappings are nested too deeply [too-deep]
                         1 | [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]
                           |                 ^
                      help: at most 16 levels are read
                    """,
                mend: "look for a bracket that is not closed."
            ),
            Entry(
                "invalid-utf-8",
                "The file is not UTF-8 text.",
                mend: "save it as UTF-8; `iconv -f latin1 -t utf-8 FILE` converts one from ISO 8859-1."
            ),
            Entry(
                "control-character",
                "A character that editors do not show stands in the file.",
                example: """
                    50-site/presence.yaml:1:8: error: the character U+001B cannot stand here [control-character]
                         1 | show: a�[31mway
                           |        ^
                      help: remove it, or write it as an escape in double quotes
                    """,
                mend: #"remove it, or write it as an escape in double quotes, such as `"\x1B"`."#
            ),
            Entry(
                "yaml-syntax",
                "The file is not YAML. The help says what the place looks like.",
                example: """
                    50-site/presence.yaml:2:7: error: mapping values are not allowed in this context [yaml-syntax]
                         2 |   note: x
                           |       ^
                      help: text with ": " in it stands in quotes; keys of one mapping begin in one column
                    """,
                mend: """
                    text with `: `, `#` or an indicator at its beginning needs quotes; keys of one mapping begin in one \
                    column.
                    """
            ),
            Entry(
                "yaml-alias",
                """
                An asterisk before a name repeats a value from elsewhere. Files of the gateway say everything where \
                it stands.
                """,
                example: """
                    50-site/presence.yaml:1:7: error: aliases are not used in this file [yaml-alias]
                         1 | show: *default
                           |       ^
                      help: text that begins with * stands in quotes
                    """,
                mend: "write the value out; text that begins with an asterisk needs quotes."
            ),
            Entry(
                "yaml-anchor",
                "An ampersand before a name marks a value for repetition.",
                example: """
                    50-site/presence.yaml:1:7: error: anchors are not used in this file [yaml-anchor]
                         1 | show: &default away
                           |       ^~~~~~~~
                      help: text that begins with & stands in quotes
                    """,
                mend: "remove the anchor; text that begins with an ampersand needs quotes."
            ),
            Entry(
                "yaml-tag",
                """
                An exclamation mark before a name gives a value a type. Here every value is text, and its column \
                says what it means.
                """,
                example: """
                    50-site/presence.yaml:1:7: error: tags are not used in this file [yaml-tag]
                         1 | show: !!str away
                           |       ^~~~~
                      help: text that begins with ! stands in quotes
                    """,
                mend: "remove the tag; text that begins with an exclamation mark needs quotes."
            ),
            Entry(
                "yaml-merge",
                "`<<` copies keys from elsewhere.",
                example: """
                    50-site/presence.yaml:1:1: error: merge keys are not used in this file [yaml-merge]
                         1 | <<: {show: away}
                           | ^~
                      help: write the keys out
                    """,
                mend: "write the keys out."
            ),
            Entry(
                "yaml-key",
                "A key is a list or a mapping, or is missing.",
                example: """
                    50-site/presence.yaml:1:1: error: a key must be text [yaml-key]
                         1 | [show]: away
                           | ^
                      help: write KEY: VALUE
                    """,
                mend: "write KEY: VALUE."
            ),
            Entry(
                "yaml-directive",
                "A line begins with a percent sign, which is an instruction to YAML readers.",
                example: """
                    50-site/presence.yaml:1:1: error: YAML directives are not used in this file [yaml-directive]
                         1 | %YAML 1.2
                           | ^~~~~~~~~
                      help: remove the line
                    """,
                mend: "remove the line."
            ),
            Entry(
                "yaml-documents",
                "Three dashes begin a second document.",
                example: """
                    50-site/presence.yaml:2:1: error: a second document begins here [yaml-documents]
                         2 | ---
                           | ^~~
                      help: write one document in a file
                    """,
                mend: "write one document in a file."
            ),
            Entry(
                "duplicate-key",
                "A key stands in one mapping twice, so that one of the two values would be lost.",
                example: """
                    50-site/presence.yaml:3:1: error: the key "show" is there twice [duplicate-key]
                         3 | show: chat
                           | ^~~~
                      help: the first is on line 1; remove one of the two
                    """,
                mend: "leave one of them."
            ),
        ]
    )
}
