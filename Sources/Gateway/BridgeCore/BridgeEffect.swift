/// What the bridge asks for; carried out in order by the caller.
public enum BridgeEffect {
    /// Write the outbox row, its duplicate keys and its record in one commit.
    case store(CrossingID)
    /// Tell the source that the item is stored.
    case acknowledge(AnswerToken, CrossingID)
    /// Tell the source the final verdict of the other shore inside its answer.
    case answer(AnswerToken, CrossingID, Failure)
    /// Tell the source that the item is refused, and record it.
    case refuse(Offer, Refusal)
    /// The same item came again: give the same answer, and record it.
    case repeatAnswer(Offer, CrossingID)
    /// Send the item on the target shore.
    case send(CrossingID, Attempt)
    /// Keep in the store that the item was sent first at this time, or goes with another rendering.
    case update(CrossingID)
    /// Remove the row and its bodies, and record the end.
    case settle(Item, Ending)
    /// A delivered item can no longer be reopened.
    case forget(Item)
}

/// How an item goes out.
public enum Attempt: Sendable, Equatable {
    /// For the first time.
    case first
    /// Again with the same bytes: within 32 s of the first attempt.
    case same
    /// Again as the same request in another transaction: new branch, CSeq + 1.
    case again
}

/// How an item ended.
public enum Ending: Sendable, Equatable {
    /// The target took it.
    case delivered(OutcomeReport)
    /// It failed and its sender is to be told.
    case failed(Failure)
    /// It failed after it had counted as delivered.
    case reopened(Failure)
    /// It failed, and the answer itself carried the failure to its sender.
    case answeredWithFailure(Failure)
    /// Its time ran out.
    case expired
    /// It was refused because the commit came too late.
    case withdrawn
}

/// Why an offer was not taken.
public enum Refusal: Sendable, Equatable {
    /// A queue is full; try again after so many seconds.
    case busy(retryAfter: Int)
    /// The store failed or was too slow.
    case storage(retryAfter: Int)
    /// The item came back through a neighbor.
    case loop
    /// The gateway is stopping.
    case stopping
    /// There is no room to hold it: its leg refuses it for the reason for which it would have been held, and counts that.
    case unheld
}
