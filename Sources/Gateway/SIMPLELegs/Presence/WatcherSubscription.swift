import Interworking
import SIPTransactions

/// A subscription to the watchers of one user at one presence server.
struct WatcherSubscription {
    /// The publication that it goes with.
    let publication: UInt64
    var machine: SubscriberState
    /// The names of the last request outside a dialog.
    var callID = ""
    var localTag = ""
    /// What the requests of the server that follow it are found by; nil before one was sent.
    var requestKey: DialogKey?
    /// The documents that came.
    var order = WatcherOrder()
    /// Whether documents are missing, so that the whole is to be asked for.
    var isWholeWanted = false
    /// Whether the whole was asked for since the last whole document.
    var isWholeAsked = false
    /// The publication as it was, once it is gone.
    var last: Publication?
}
