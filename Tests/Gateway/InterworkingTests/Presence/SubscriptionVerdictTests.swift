import MappingTables
import SIPMessages
import Testing
import XMPPStanzas

@testable import Interworking

@Suite("PresenceTranslator: verdicts")
struct SubscriptionVerdictTests {
    private func translator(_ settings: (String, String)..., profile: String = "default") throws -> PresenceTranslator {
        try PresenceSamples(settings: settings, profile: profile).translator()
    }

    @Test(
        "RFC 8048 §5.2.2: refusals end the authorization, whenever they come",
        arguments: [403, 489, 603],
        [true, false]
    )
    func denied(status: Int, isInitial: Bool) throws {
        let verdict = try translator().verdict(forStatus: status, isInitial: isInitial, of: PresenceSamples.romeo)
        #expect(verdict?.step == .unsubscribed && verdict?.error == nil && verdict?.row != nil)
        let old = try translator(profile: "rfc3922").verdict(
            forStatus: status,
            isInitial: isInitial,
            of: PresenceSamples.romeo
        )
        #expect(old?.step == .error && old?.error?.condition == .forbidden && old?.error?.kind == .auth)
    }

    @Test("RFC 3922 §6.1: nobody of that name is an error that ends it", arguments: [404, 604])
    func nobody(status: Int) throws {
        let verdict = try translator().verdict(forStatus: status, isInitial: true, of: PresenceSamples.romeo)
        #expect(verdict?.step == .error)
        #expect(verdict?.error?.condition == .itemNotFound && verdict?.error?.kind == .cancel)
    }

    @Test("XMP-MSG-05: on a route that hides it, who asks to subscribe is not told who is unknown or away")
    func strangers() throws {
        let translator = try translator(("err.stranger", "hide"))
        for status in [404, 604, 480] {
            let verdict = translator.verdict(forStatus: status, isInitial: true, of: PresenceSamples.romeo)
            #expect(verdict?.step == .error)
            #expect(verdict?.error?.condition == .serviceUnavailable && verdict?.error?.text == nil)
        }
        let refresh = translator.verdict(forStatus: 404, isInitial: false, of: PresenceSamples.romeo)
        #expect(refresh?.error?.condition != .serviceUnavailable)
    }

    @Test(
        "RFC 8048 §5.2.2, RFC 6665 §4.1.2.3: what is transient tells nobody",
        arguments: [(423, SubscriptionStep.raise), (481, .redial)]
    )
    func transient(status: Int, step: SubscriptionStep) throws {
        for isInitial in [true, false] {
            let verdict = try translator().verdict(forStatus: status, isInitial: isInitial, of: PresenceSamples.romeo)
            #expect(verdict?.step == step && verdict?.error == nil)
        }
    }

    @Test("RFC 7247 §7.2: other failures are the usual errors at first, and later a pause")
    func others() throws {
        let translator = try translator()
        let first = translator.verdict(forStatus: 503, isInitial: true, of: PresenceSamples.romeo)
        #expect(first?.step == .error && first?.error?.condition == .internalServerError)
        let later = translator.verdict(forStatus: 503, isInitial: false, of: PresenceSamples.romeo)
        #expect(later?.step == .retryLater && later?.error == nil)
        for failure in [RequestFailure.timeout, .transport] {
            #expect(translator.verdict(for: failure, isInitial: true, of: PresenceSamples.romeo)?.step == .error)
            #expect(translator.verdict(for: failure, isInitial: false, of: PresenceSamples.romeo)?.step == .retryLater)
        }
        let timeout = translator.verdict(for: .timeout, isInitial: true, of: PresenceSamples.romeo)
        #expect(timeout?.error?.condition == .remoteServerTimeout)
    }

    @Test("A response that is no failure has no verdict", arguments: [200, 202, 180])
    func success(status: Int) throws {
        #expect(try translator().verdict(forStatus: status, isInitial: true, of: PresenceSamples.romeo) == nil)
    }

    @Test(
        "RFC 6665 §4.1.3: each reason says whether to ask again",
        arguments: [
            ("rejected", SubscriptionStep.unsubscribed), ("noresource", .unsubscribed), ("deactivated", .retryNow),
            ("timeout", .retryNow), ("probation", .retryLater), ("giveup", .retryLater), ("invariant", .keep),
            (nil, .retryNow), ("Rejected", .unsubscribed), ("something-else", .retryNow),
        ] as [(String?, SubscriptionStep)]
    )
    func reasons(reason: String?, step: SubscriptionStep) throws {
        let verdict = try translator().verdict(forReason: reason, retryAfter: 120, of: PresenceSamples.romeo)
        #expect(verdict.step == step && verdict.row != nil)
        #expect(verdict.retryAfter == (step == .retryLater ? 120 : nil))
    }

    @Test("RFC 3922 §6.2: each condition is a reason", arguments: StanzaError.Condition.allCases)
    func conditions(condition: StanzaError.Condition) throws {
        let end = try translator().end(for: condition, of: PresenceSamples.romeo)
        switch condition {
        case .itemNotFound, .gone, .remoteServerNotFound, .jidMalformed:
            #expect(end.reason == "noresource" && end.retryAfter == nil)
        case .forbidden, .notAllowed, .notAuthorized, .policyViolation, .registrationRequired:
            #expect(end.reason == "rejected" && end.retryAfter == nil)
        default: #expect(end.reason == "probation" && end.retryAfter == 300)
        }
        #expect(end.row != nil)
    }

    @Test("sub.duplicate: a repeated request is answered again, or a conflict")
    func repeats() throws {
        #expect(try !translator().refusesRepeats(of: PresenceSamples.romeo))
        #expect(try translator(profile: "rfc3922").refusesRepeats(of: PresenceSamples.romeo))
        #expect(try translator(("sub.duplicate", "conflict")).refusesRepeats(of: PresenceSamples.romeo))
    }
}
