/// The closed lists of words that value tables join.
enum ValueWords {
    /// The reasons for which a subscription ends (RFC 6665 §4.1.3).
    static let reasons = [
        "deactivated", "giveup", "invariant", "noresource", "probation", "rejected", "timeout",
    ]

    /// The activities of RFC 4480 §3.2; its schema omits lunch, its text does not.
    static let richActivities = [
        "appointment", "away", "breakfast", "busy", "dinner", "holiday", "in-transit", "looking-for-work", "lunch",
        "meal", "meeting", "on-the-phone", "other", "performance", "permanent-absence", "playing", "presentation",
        "shopping", "sleeping", "spectator", "steering", "travel", "tv", "unknown", "vacation", "working", "worship",
    ]

    /// The activities of XEP-0108 §3 by themselves.
    static let generalActivities = [
        "doing_chores", "drinking", "eating", "exercising", "grooming", "having_appointment", "inactive", "relaxing",
        "talking", "traveling", "undefined", "working",
    ]

    /// What stands inside the activities of XEP-0108 §3.
    static let specificActivities = [
        "at_the_spa", "brushing_teeth", "buying_groceries", "cleaning", "coding", "commuting", "cooking", "cycling",
        "dancing", "day_off", "doing_maintenance", "doing_the_dishes", "doing_the_laundry", "driving", "fishing",
        "gaming", "gardening", "getting_a_haircut", "going_out", "hanging_out", "having_a_beer", "having_a_snack",
        "having_breakfast", "having_coffee", "having_dinner", "having_lunch", "having_tea", "hiding", "hiking",
        "in_a_car", "in_a_meeting", "in_real_life", "jogging", "on_a_bus", "on_a_plane", "on_a_train", "on_a_trip",
        "on_the_phone", "on_vacation", "on_video_phone", "other", "partying", "playing_sports", "praying", "reading",
        "rehearsing", "running", "running_an_errand", "scheduled_holiday", "shaving", "shopping", "skiing",
        "sleeping", "smoking", "socializing", "studying", "sunbathing", "swimming", "taking_a_bath",
        "taking_a_shower", "thinking", "walking", "walking_the_dog", "watching_a_movie", "watching_tv",
        "working_out", "writing",
    ]

    /// The moods that RFC 4480 §3.5 and XEP-0107 §3 share.
    private static let sharedMoods = [
        "afraid", "amazed", "angry", "annoyed", "anxious", "ashamed", "bored", "brave", "calm", "cold", "confused",
        "contented", "cranky", "curious", "depressed", "disappointed", "disgusted", "distracted", "embarrassed",
        "excited", "flirtatious", "frustrated", "grumpy", "guilty", "happy", "hot", "humbled", "humiliated", "hungry",
        "hurt", "impressed", "in_awe", "in_love", "indignant", "interested", "invincible", "jealous", "lonely",
        "mean", "moody", "nervous", "neutral", "offended", "playful", "proud", "relieved", "remorseful", "restless",
        "sad", "sarcastic", "serious", "shocked", "shy", "sick", "sleepy", "stressed", "surprised", "thirsty",
        "worried",
    ]

    /// The moods of RFC 4480 §3.5.
    static let richMoods = sharedMoods + ["other", "unknown"]

    /// The moods of XEP-0107 §3.
    static let moods =
        sharedMoods + [
            "amorous", "aroused", "cautious", "confident", "contemplative", "crazy", "creative", "dejected",
            "dismayed", "empty", "envious", "grateful", "grieving", "hopeful", "intoxicated", "lost", "lucky",
            "outraged", "relaxed", "satisfied", "spontaneous", "strong", "thankful", "tired", "undefined", "weak",
        ]
}
