import CLibXML2
import Foundation

/// Checks documents against `Tests/Schemas` with libxml2.
public enum SchemaValidator {
    /// The schema that holds all others.
    private static let schema = path("presence-all.xsd")

    private static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Schemas/" + name).path(percentEncoded: false)
    }

    /// libxml2 wants to be set up once before it is used from several threads.
    private static let prepareLibrary: Void = xmlInitParser()

    /// What is wrong with a document, or nil when it is valid.
    public static func fault(in document: [UInt8]) -> String? {
        prepareLibrary
        // Every pointer is made and freed here.
        guard let parser = unsafe xmlSchemaNewParserCtxt(schema) else { return "no parser of schemas" }
        defer { unsafe xmlSchemaFreeParserCtxt(parser) }
        guard let parsed = unsafe xmlSchemaParse(parser) else { return "the schema cannot be read" }
        defer { unsafe xmlSchemaFree(parsed) }
        guard let validator = unsafe xmlSchemaNewValidCtxt(parsed) else { return "no validator" }
        defer { unsafe xmlSchemaFreeValidCtxt(validator) }
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue)
        let tree = unsafe document.withUnsafeBytes { bytes in
            unsafe xmlReadMemory(bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), nil, nil, options)
        }
        guard let tree = unsafe tree else { return "not well-formed" }
        defer { unsafe xmlFreeDoc(tree) }
        unsafe xmlSchemaSetValidStructuredErrors(validator, { _, _ in }, nil)
        xmlResetLastError()
        if unsafe xmlSchemaValidateDoc(validator, tree) == 0 { return nil }
        guard let error = unsafe xmlGetLastError(), let message = unsafe error.pointee.message else { return "invalid" }
        return unsafe String(cString: message)
    }

    /// What is wrong with a disposition notification, or nil when it is valid.
    ///
    /// Source: RFC 5438 §11.1.9.
    public static func fault(inNotification document: [UInt8]) -> String? {
        prepareLibrary
        guard let parser = unsafe xmlRelaxNGNewParserCtxt(path("imdn.rng")) else { return "no parser of schemas" }
        defer { unsafe xmlRelaxNGFreeParserCtxt(parser) }
        guard let parsed = unsafe xmlRelaxNGParse(parser) else { return "the schema cannot be read" }
        defer { unsafe xmlRelaxNGFree(parsed) }
        guard let validator = unsafe xmlRelaxNGNewValidCtxt(parsed) else { return "no validator" }
        defer { unsafe xmlRelaxNGFreeValidCtxt(validator) }
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue)
        let tree = unsafe document.withUnsafeBytes { bytes in
            unsafe xmlReadMemory(bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), nil, nil, options)
        }
        guard let tree = unsafe tree else { return "not well-formed" }
        defer { unsafe xmlFreeDoc(tree) }
        unsafe xmlRelaxNGSetValidStructuredErrors(validator, { _, _ in }, nil)
        return unsafe xmlRelaxNGValidateDoc(validator, tree) == 0 ? nil : "invalid"
    }
}
