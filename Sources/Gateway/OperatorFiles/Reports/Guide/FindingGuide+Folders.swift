extension FindingGuide {
    /// The folders and names of a mappings directory.
    static let folders = Chapter(
        title: "Folders of tables",
        about: """
            Every name in the mappings directory is looked at, so that no file is left out unseen. Names that begin with \
            a dot are passed over.
            """,
        entries: [
            Entry(
                "unknown-folder",
                "A folder has a name from which nothing is read, or lies inside another.",
                mend: "name it `00-standard`, `50-site` or `90-peers`; put files of a neighbor into `90-peers/DOMAIN`."
            ),
            Entry(
                "missing-folder",
                "There is no `00-standard`.",
                mend: "restore it from the release; the gateway has no tables in its program."
            ),
            Entry(
                "unknown-file",
                "A file does not end in `.yaml`, or lies beside the folders.",
                mend: "rename it, move it into a folder, or let its name begin with a dot."
            ),
            Entry(
                "peer-domain",
                """
                A folder below `90-peers` is not named as domains are compared: in lower case, without a dot at its \
                end.
                """,
                mend: "rename it as the help says."
            ),
        ]
    )
}
