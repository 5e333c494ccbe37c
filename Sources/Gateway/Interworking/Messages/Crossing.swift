import Addressing
import MappingTables

/// What holds for one translation and does not change.
///
/// A class, since the sources and converters of a step share it.
final class Setting: Sendable {
    let facts: Facts
    let route: Route
    private let table: AddressTable

    init(_ facts: Facts, _ route: Route, _ table: AddressTable) {
        self.facts = facts
        self.route = route
        self.table = table
    }

    /// Made when it is asked for: most messages go between users who are known.
    var addresses: AddressTranslator { AddressTranslator(table: table, switches: route.switches) }
}

/// One translation on its way: the route, what is known, and what is to be told of it.
struct Crossing {
    let setting: Setting
    var trace = RuleTrace()
    var notes: [String] = []

    var facts: Facts {
        @inline(__always) _read { yield setting.facts }
    }
    var route: Route { setting.route }
    var addresses: AddressTranslator { setting.addresses }

    init(_ setting: Setting) { self.setting = setting }

    func isSet(_ name: Switch, _ value: String) -> Bool { route.switches.isSet(name, value) }

    /// Whether a `%` in a URI that starts no escape is a percent sign.
    var takesStrayPercents: Bool { isSet(.percent, "lenient") }

    /// The name that a user goes by, where the route lets names cross.
    func formalName(of user: BareJID) -> String? { isSet(.nick, "off") ? nil : facts.formalNames[user] }

    /// Records the row of the address table that mapped an address.
    mutating func fire(_ row: RowID?) {
        if let row { trace.fire(row) }
    }

    /// Takes the fields that rows name; a value that refuses the item does.
    mutating func apply<Source: FieldSource, Target: FieldTarget>(
        _ rules: FieldRules,
        from source: Source,
        to target: inout Target,
        way: Way,
        _ conversion: FieldConversion
    ) throws(Refusal) {
        do throws(FieldRefusal) {
            try rules.apply(from: source, to: &target, way: way, converter: conversion, trace: &trace)
        } catch {
            if error.isHeld { trace.fire(error.row) }
            throw .loss("A field of the message has no form on the other side.", isHeld: error.isHeld)
        }
    }

    /// Refuses the item when the loss table does not let pass what was lost, or holds it.
    mutating func checkLosses() throws(Refusal) {
        for loss in trace.losses where route.losses.action(loss.lossClass) == .refuse {
            throw .loss()
        }
        for loss in trace.losses where route.losses.action(loss.lossClass) == .hold {
            fire(route.losses.row(loss.lossClass))
            throw .loss(isHeld: true)
        }
    }

    /// A refusal in the words of the route's error table.
    static func refused<Value: Sendable>(
        _ refusal: Refusal,
        _ route: Route,
        _ trace: RuleTrace = .none,
        _ notes: [String] = []
    ) -> Translated<Value> {
        let worded = refusal.worded(by: route.errors)
        var trace = trace
        if let row = worded.row { trace.fire(row) }
        return Translated(outcome: .refused(worded), trace: trace, notes: notes)
    }

    /// The result of a step, which makes the outcome or throws a refusal.
    static func run<Value: Sendable>(
        _ setting: Setting,
        _ step: (inout Crossing) throws(Refusal) -> Outcome<Value>
    ) -> Translated<Value> {
        var crossing = Crossing(setting)
        let outcome: Outcome<Value>
        do throws(Refusal) {
            outcome = try step(&crossing)
            // Of what crosses in no part everything is lost, and the table may refuse that too.
            try crossing.checkLosses()
        } catch {
            return refused(error, setting.route, crossing.trace, crossing.notes)
        }
        return Translated(outcome: outcome, trace: crossing.trace, notes: crossing.notes)
    }
}

extension FieldRules {
    /// Whether a row takes a field of the source.
    func names(_ selector: FieldSelector, way: Way) -> Bool { takes(selector, way) }

    /// Whether a row takes something of elements of a namespace.
    func takes(_ namespace: String) -> Bool { takes(elementsOf: namespace, .toCPIM) }
}
