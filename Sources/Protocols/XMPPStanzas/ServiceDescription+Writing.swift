import XMLStreams

extension ServiceDescription {
    /// Writes the answer to an information query: identities, features and the contact form.
    ///
    /// - Parameters:
    ///   - features: all features, in the order to be written.
    ///   - node: the node that was asked for.
    ///   - writer: a writer inside the answer.
    ///
    /// Source: XEP-0030 §3.1, XEP-0128 §2.
    func writeInfo(features: [String], node: String?, to writer: inout XML.Writer) {
        writer.start("query", XMPPNamespace.discoInfo, ["node": node])
        for identity in identities {
            writer.element(
                "identity",
                nil,
                [
                    "category": identity.category, "type": identity.type, "name": identity.name,
                    "xml:lang": identity.language,
                ]
            )
        }
        for feature in features { writer.element("feature", nil, ["var": feature]) }
        if !contacts.isEmpty {
            writer.start("x", XMPPNamespace.dataForms, ["type": "result"])
            writer.start("field", nil, ["var": "FORM_TYPE", "type": "hidden"])
            writer.element("value", nil, text: Self.contactForm)
            writer.end()
            for kind in Contact.allCases {
                guard let addresses = contacts[kind], !addresses.isEmpty else { continue }
                writer.start("field", nil, ["var": kind.rawValue, "type": "list-multi"])
                for address in addresses { writer.element("value", nil, text: address) }
                writer.end()
            }
            writer.end()
        }
        writer.end()
    }

    /// Source: XEP-0157 §3.
    private static let contactForm = "http://jabber.org/network/serverinfo"

    /// The text whose SHA-1 is the verification string of entity capabilities.
    ///
    /// - Parameter features: all features that the information query is answered with.
    /// - Returns: identities, features and the contact form, sorted by bytes, each followed by `<`.
    ///
    /// Source: XEP-0115 §5.1.
    public func verificationInput(features: [String]) -> [UInt8] {
        var information = ServiceInformation(identities: identities, features: features)
        if !contacts.isEmpty {
            let fields = Contact.allCases.compactMap { kind in
                contacts[kind].flatMap {
                    $0.isEmpty ? nil : ServiceInformation.Field(name: kind.rawValue, values: $0)
                }
            }
            information.forms = [ServiceInformation.Form(type: Self.contactForm, fields: fields)]
        }
        return information.verificationInput
    }
}
