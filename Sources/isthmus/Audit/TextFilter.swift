import GatewayDaemon
import Ledger

/// Finds the messages of a person in a period whose kept text has what an auditor looks for.
///
/// Each text of that person and period is opened in turn; nothing that was opened is stored.
struct TextFilter {
    /// Messages that one search finds at most.
    static let most = 1_000

    let text: String
    let person: String
    let period: PeriodOptions

    /// The numbers of the messages.
    func crossings(in store: OpenStore, _ output: OutputOptions) throws -> [String] {
        let since = period.since?.milliseconds ?? 0
        let until = max(since, (period.until?.milliseconds ?? StoreChange.now) - 1)
        let days = BodyKeyEntry.day(of: since)...BodyKeyEntry.day(of: until)
        let progress = ProgressLine(isQuiet: output.json)
        defer { progress.end() }
        var found: [String] = []
        do {
            var search = try TextSearch(text, of: person, days: days, store.configuration, store.reader)
            while !search.isDone, found.count < Self.most {
                found += try search.next().filter { since...until ~= $0.accepted }.map { String($0.crossing) }
                progress.show("\(search.opened) texts read")
            }
            progress.end()
            if !search.isDone {
                Output.error("note: more than \(Self.most) messages have the text; take a shorter period")
            }
            if search.withoutText > 0 {
                Output.error(
                    "note: of \(search.withoutText) conversations and days no text is kept, or none any more"
                )
            }
        } catch let error as LedgerError {
            throw Stop(error)
        } catch {
            throw Stop.fault("the texts cannot be searched: \(error)")
        }
        return found
    }
}
