import Addressing

/// The name by which a watcher who hides is known on the other shore.
///
/// It is `anon-`, 16 random digits, and 16 that only this gateway can compute from them: nobody can guess one, and the
/// gateway knows its own after a restart without a list of them. A watcher has another one in each dialog.
///
/// Source: RFC 2779 §5.1, RFC 3323 §4.1.1.3.
enum Pseudonym {
    private static let prefix = "anon-"
    private static let digits = 16
    private static let purpose = "pseudonym"

    /// A name that nobody has.
    static func fresh(_ host: any SIMPLELegHost) -> String {
        let serial = token(host, host.freshToken())
        return prefix + serial + token(host, serial)
    }

    /// Whether a bare JID is one of the gateway's names for watchers who hide.
    static func isOne(_ jid: String, _ host: any SIMPLELegHost) -> Bool {
        guard jid.hasPrefix(prefix), let local = (try? BareJID(jid))?.local,
            local.utf8.count == prefix.utf8.count + 2 * digits
        else { return false }
        let serial = String(local.dropFirst(prefix.count).prefix(digits))
        return local == prefix + serial + token(host, serial)
    }

    private static func token(_ host: any SIMPLELegHost, _ text: String) -> String {
        String(host.token(for: [purpose, text]).suffix(digits))
    }
}

/// How many watchers who hide one user has, for each asks the user under a name of its own.
struct HiddenWatchers {
    /// Users who are counted in an hour; beyond them nobody who hides may ask.
    static let largestCount = 10_000
    private static let hour: Int64 = 3_600_000

    private var open = Tally()
    private var asks = Tally()
    private var begin: Int64 = 0

    /// Whether a user may be asked by one more, of so many at once and so many in an hour.
    mutating func hasRoom(for user: String, most: Int, now: Int64) -> Bool {
        if now - begin >= Self.hour || now < begin {
            begin = now
            asks = Tally()
        }
        return open[user] < most && asks[user] < most && (asks[user] > 0 || asks.count < Self.largestCount)
    }

    /// One more asks, or is taken up after a restart.
    mutating func add(_ user: String) {
        open.add(user)
        asks.add(user)
    }

    /// One is gone; what was asked counts until the hour is over.
    mutating func remove(_ user: String) { open.remove(user) }
}
