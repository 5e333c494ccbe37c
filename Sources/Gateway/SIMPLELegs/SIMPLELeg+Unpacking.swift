import Interworking
import Logging
import MIME
import SIPMessages
import SIPTransactions

extension SIMPLELeg {
    /// Unpacks the body of a request from a neighbor, within the bound of any message.
    ///
    /// One that is packed in a way that is not known is left to the checks that come next.
    ///
    /// - Returns: the request; nil when its body cannot be unpacked, so that it was refused: 400, or 413 for one that is
    ///   too large.
    ///
    /// Source: RFC 3261 §8.2.3, §21.4.1, §21.4.11.
    func unpacked(_ inbound: InboundRequest) -> InboundRequest? {
        guard inbound.request.headers.has(.contentEncoding) else { return inbound }
        do throws(MIMEError) {
            return inbound.with(try inbound.request.unpacked(limit: settings.largestMessage))
        } catch {
            logger.debug("a body cannot be unpacked", metadata: ["error.code": "\(error.code.rawValue)"])
            let refusal = Interworking.Refusal(error.code == .contentTooLong ? .oversize : .malformedBody)
            refuse(inbound, refusal, generation: host.generation)
            return nil
        }
    }
}
