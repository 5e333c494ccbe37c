import Addressing
import BridgeCore
import Digests
import Interworking
import Logging
import MappingTables
import NIOCore
import XMPPChannels

/// Pictures of users of the CPIM shore, which their documents name and the gateway fetches where a route wants it.
///
/// Source: RFC 4482 §3.4, XEP-0084 §4.2, XEP-0153 §3.1.
extension Gateway {
    /// Retrieves the picture at an address and hands it over, or why there is none, on the loop.
    typealias PictureSource = (String, @escaping @Sendable (Result<Picture, HTTPSFault>) -> Void) -> Void

    /// What a contact tells, with that it has a picture once that is held.
    func pictured(_ items: [PersonalItem], of key: WatchKey) -> [PersonalItem] {
        guard let icon = icon(in: items, key) else { return items }
        let wanted = pictures.want(icon.address, for: key, of: icon.domain, now: now.wall)
        if wanted.isToBeFetched { fetch(icon.address) }
        if let picture = wanted.picture { return items + [PersonalItem(PersonalEvent(tellingOf: picture))] }
        // A picture that is forgotten here for room is not gone: what was told stands until the answer is there.
        return wanted.isAwaited ? items + personal.items(of: key).filter { $0.node == PersonalEvent.pictures } : items
    }

    /// What somebody who asks for a node may know of a contact, with the picture itself where that belongs to it.
    ///
    /// The data goes under the name of the picture that is held, which may be a later one than was told of.
    ///
    /// Source: XEP-0084 §4.2.
    func known(_ node: String, of key: WatchKey) -> Acquaintance {
        let items = personal.items(of: key)
        let own = items.filter { $0.node == node }
        guard node == PersonalEvent.card || node == PersonalEvent.pictureData, let icon = icon(in: items, key),
            let picture = pictures[icon.address]
        else { return Acquaintance(items: own) }
        let told =
            node == PersonalEvent.card
            ? own.map { PersonalEvent(node: $0.node, payload: $0.payload).holding(picture) }
            : [PersonalEvent(dataOf: picture)]
        return Acquaintance(items: told.map { PersonalItem($0) }, pictureID: picture.id)
    }

    /// The address of a contact's picture and the domain of the contact, where its route lets it be fetched.
    private func icon(in items: [PersonalItem], _ key: WatchKey) -> (address: String, domain: String)? {
        guard let card = items.first(where: { $0.node == PersonalEvent.card }),
            let contact = try? BareJID(key.presentity)
        else { return nil }
        let domain = AddressTranslator.peerDomain(of: contact, generation.addresses)
        guard generation.route(peer: domain).switches.isSet(.fetchedPictures, "on") else { return nil }
        return PersonalEvent(node: card.node, payload: card.payload).icon.map { ($0, domain) }
    }

    private func fetch(_ address: String) {
        guard let pictureSource else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        pictureSource(address) { bound.value.fetched(address, $0) }
    }

    /// A picture came, or did not; who waited for it is told.
    private func fetched(_ address: String, _ result: Result<Picture, HTTPSFault>) {
        var picture: ContactPicture?
        var isGone = false
        switch result {
        case .success(let found):
            let known = ContactPicture(id: SHA1.hexadecimal(found.bytes), type: found.type, bytes: found.bytes)
            // What no server of the XMPP shore takes nobody is told of.
            isGone = known.encodedBytes + Self.roomAroundPicture > stanzaLimit
            if !isGone { picture = known }
        case .failure(let fault):
            isGone = fault.code == .absent
            logger.info(
                "a picture was not fetched",
                metadata: ["error.code": "\(fault.code.rawValue)", "reason": "\(fault.reason)"]
            )
            if fault.code == .overloaded { return pictures.notAsked(address) }
        }
        for key in pictures.fetched(address, picture, isGone: isGone) {
            let items = personal.items(of: key).filter { $0.node != PersonalEvent.pictures }
            // It may tell of another picture by this time.
            guard presence.isApproved(key), icon(in: items, key)?.address == address else { continue }
            perform(personal.state(key, pictured(items, of: key), now: now.wall))
        }
    }

    /// What a stanza with a picture has beside it, in bytes: addresses, and what else a card says.
    private static let roomAroundPicture = 32 << 10
}

extension PersonalItem {
    fileprivate init(_ event: PersonalEvent) { self.init(node: event.node, payload: event.payload) }
}
