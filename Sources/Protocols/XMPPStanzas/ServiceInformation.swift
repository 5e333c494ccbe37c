public import XMLStreams

/// What an entity answered to an information query.
///
/// Source: XEP-0030 §3.1, XEP-0128 §2.
public struct ServiceInformation: Sendable, Equatable {
    /// A form that says more than features can.
    ///
    /// Source: XEP-0128 §2.
    public struct Form: Sendable, Equatable {
        /// What it is about, the value of its field `FORM_TYPE`.
        public var type: String
        /// The other fields with their values, in order.
        public var fields: [Field]

        /// Makes a form.
        ///
        /// - Parameters:
        ///   - type: what it is about.
        ///   - fields: the fields with their values.
        public init(type: String, fields: [Field]) {
            self.type = type
            self.fields = fields
        }
    }

    /// One field of a form.
    public struct Field: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its values in order.
        public var values: [String]

        /// Makes a field.
        ///
        /// - Parameters:
        ///   - name: its name.
        ///   - values: its values.
        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// What kinds of entity it is.
    public var identities: [ServiceDescription.Identity]
    /// The features.
    public var features: [String]
    /// The forms that say what they are about.
    public var forms: [Form]

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - identities: what kinds of entity it is.
    ///   - features: the features.
    ///   - forms: the forms.
    public init(identities: [ServiceDescription.Identity], features: [String], forms: [Form] = []) {
        self.identities = identities
        self.features = features
        self.forms = forms
    }

    /// Reads an answer; nil for one that names an identity, a feature or a form twice, which says nothing.
    ///
    /// - Parameter query: the payload of the result.
    ///
    /// Source: XEP-0115 §5.4.
    public init?(_ query: XML.Element) {
        guard query.is("query", XMPPNamespace.discoInfo) else { return nil }
        var answer = ServiceInformation(identities: [], features: [])
        for child in query.children {
            if child.is("identity", XMPPNamespace.discoInfo) {
                answer.identities.append(
                    ServiceDescription.Identity(
                        category: child.attribute("category") ?? "",
                        type: child.attribute("type") ?? "",
                        name: child.attribute("name"),
                        language: child.language
                    )
                )
            } else if child.is("feature", XMPPNamespace.discoInfo) {
                answer.features.append(child.attribute("var") ?? "")
            } else if child.is("x", XMPPNamespace.dataForms) {
                switch Self.form(child) {
                case .form(let form): answer.forms.append(form)
                case .ignored: continue
                case .broken: return nil
                }
            }
        }
        guard Set(answer.identities).count == answer.identities.count,
            Set(answer.features).count == answer.features.count,
            Set(answer.forms.map(\.type)).count == answer.forms.count
        else { return nil }
        self = answer
    }

    private enum FormReading {
        case form(Form)
        /// It does not say, in a hidden field, what it is about.
        case ignored
        /// It says so in two ways.
        case broken
    }

    private static func form(_ element: XML.Element) -> FormReading {
        var form = Form(type: "", fields: [])
        var types: Set<String> = []
        var isHidden = false
        for field in element.all("field", XMPPNamespace.dataForms) {
            let name = field.attribute("var") ?? ""
            let values = field.all("value", XMPPNamespace.dataForms).map(\.text)
            if name == "FORM_TYPE" {
                types.formUnion(values)
                isHidden = field.attribute("type") == "hidden"
            } else {
                form.fields.append(Field(name: name, values: values))
            }
        }
        if types.count > 1 { return .broken }
        guard isHidden, let type = types.first else { return .ignored }
        form.type = type
        return .form(form)
    }

    /// The text whose hash is the verification string of entity capabilities.
    ///
    /// Shape: identities, features and forms, sorted by bytes, each piece followed by `<`.
    ///
    /// Source: XEP-0115 §5.1.
    public var verificationInput: [UInt8] {
        func sorted(_ texts: [String]) -> [String] {
            texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        var parts = sorted(identities.map { "\($0.category)/\($0.type)/\($0.language ?? "")/\($0.name ?? "")" })
        parts += sorted(features)
        for form in forms.sorted(by: { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }) {
            parts.append(form.type)
            for field in form.fields.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
                parts.append(field.name)
                parts += sorted(field.values)
            }
        }
        return parts.flatMap { Array($0.utf8) + [0x3C] }
    }
}
