import XMLStreams

extension PIDFReader {
    /// Reads a document of type `application/watcherinfo+xml`.
    ///
    /// Elements and attributes of other namespaces are passed over, and so are lists and watchers that lack an
    /// attribute which they must have, or have a status that is not defined.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - isKnownUTF8: whether the carrier's charset parameter says UTF-8.
    /// - Returns: the document.
    /// - Throws: ``PIDFError`` with any code but `.patch`; `.root` also when version or state cannot be read.
    ///
    /// Source: RFC 3858 §3.
    public func readWatchers(
        _ bytes: ArraySlice<UInt8>,
        isKnownUTF8: Bool = false
    ) throws(PIDFError) -> WatcherInformation {
        var ignored: [PIDFWarning] = []
        let root = try root(of: bytes, isKnownUTF8: isKnownUTF8, noting: &ignored)
        guard root.is("watcherinfo", PresenceNamespace.watchers) else {
            throw PIDFError(.root, "The root is \(root.name.prefix(80)) in '\(root.namespace.prefix(80))'.")
        }
        guard let version = root.attribute("version").flatMap({ UInt32(XMLSpace.trimmed($0)) }) else {
            throw PIDFError(.root, "The document has no version.")
        }
        let isFull: Bool
        switch root.attribute("state").map(XMLSpace.trimmed) {
        case "full": isFull = true
        case "partial": isFull = false
        default: throw PIDFError(.root, "The document is neither full nor partial.")
        }
        var information = WatcherInformation(version: version, isFull: isFull, lists: [])
        var room = limits.watchers
        for child in root.children where child.is("watcher-list", PresenceNamespace.watchers) {
            guard let resource = child.attribute("resource"), let package = child.attribute("package") else { continue }
            var list = WatcherInformation.List(
                resource: XMLSpace.trimmed(resource),
                package: XMLSpace.trimmed(package),
                watchers: []
            )
            for element in child.children where element.is("watcher", PresenceNamespace.watchers) {
                guard room > 0 else { throw PIDFError(.limit, "There are more than \(limits.watchers) watchers.") }
                room -= 1
                if let watcher = WatcherInformation.Watcher(element) { list.watchers.append(watcher) }
            }
            information.lists.append(list)
        }
        return information
    }
}

extension WatcherInformation.Watcher {
    /// Reads a watcher; nil when it lacks what it must have.
    fileprivate init?(_ element: XML.Element) {
        let text = { (name: String) in element.attribute(name).map(XMLSpace.trimmed) }
        guard let id = text("id"), !id.isEmpty, let event = text("event"),
            let status = text("status").flatMap(Status.init(rawValue:))
        else { return nil }
        let uri = XMLSpace.trimmed(element.text)
        guard !uri.isEmpty else { return nil }
        self.init(id: id, status: status, event: event, uri: uri, displayName: text("display-name"))
    }
}
