import Addressing
import Interworking

/// What is kept with an accepted message so that its sender can be told of a later failure.
struct NoticeOrigin: Equatable {
    /// Who sent it, and gets the notice.
    var sender: SIPURI
    /// Whom it was for, and in whose name the notice comes.
    var recipient: SIPURI
    /// The bare JID that stands for the sender.
    var senderKey: String
    /// The bare JID of the recipient.
    var recipientKey: String
    /// The conversation.
    var callID: String

    var bytes: [UInt8] {
        Self.bytes((sender.description, senderKey), (recipient.description, recipientKey), callID: callID)
    }

    /// What is kept of a message between two users.
    static func bytes(from sender: Correspondent, to recipient: Correspondent, callID: String) -> [UInt8] {
        bytes((sender.address, sender.key), (recipient.address, recipient.key), callID: callID)
    }

    static func bytes(
        _ sender: (address: String, key: String),
        _ recipient: (address: String, key: String),
        callID: String
    ) -> [UInt8] {
        OriginText.encode([
            ("from", sender.address), ("to", recipient.address), ("from-jid", sender.key), ("to-jid", recipient.key),
            ("call-id", callID),
        ])
    }

    init(sender: SIPURI, recipient: SIPURI, senderKey: String, recipientKey: String, callID: String) {
        self.sender = sender
        self.recipient = recipient
        self.senderKey = senderKey
        self.recipientKey = recipientKey
        self.callID = callID
    }

    init?(_ bytes: [UInt8]) {
        let pairs = OriginText.decode(bytes)
        guard let sender = pairs["from"].flatMap({ try? SIPURI($0) }),
            let recipient = pairs["to"].flatMap({ try? SIPURI($0) }), let senderKey = pairs["from-jid"],
            let recipientKey = pairs["to-jid"], let callID = pairs["call-id"], !callID.isEmpty
        else { return nil }
        self.init(
            sender: sender,
            recipient: recipient,
            senderKey: senderKey,
            recipientKey: recipientKey,
            callID: callID
        )
    }
}
