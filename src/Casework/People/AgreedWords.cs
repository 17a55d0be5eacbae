using System.Globalization;

namespace VictimSupport.Casework.People;

/// <summary>What was agreed of how somebody is reached, in words: read before anything goes out, and sent along with every number.</summary>
internal static class AgreedWords
{
    /// <summary>A line for each thing to keep to, in the reader's language.</summary>
    public static IReadOnlyList<string> Of(SafeDetails agreed)
    {
        var lines = new List<string>();
        if (agreed.From is { } from && agreed.Until is { } until) Add(Words.SafeHours, (Words.HoursFromTo(Clock(from), Clock(until)) + " " + (agreed.Weekdays ? Words.WeekdaysOnly : "")).TrimEnd());
        else if (agreed.Weekdays) Add(Words.SafeHours, Words.WeekdaysOnly);
        Add(Words.SafeHours, agreed.Hours);
        Add(Words.WhoMayAnswer, agreed.WhoMayAnswer);
        Add(Words.WhatMayBeSaid, agreed.WhatMayBeSaid);
        Add(Words.CodeWord, agreed.CodeWord);
        Add(Words.ThirdPerson, agreed.ThirdPerson);
        return lines;

        void Add(string label, string? said)
        {
            if (said is { Length: > 0 }) lines.Add(Words.ChannelRule(label, said));
        }

        static string Clock(TimeOnly at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
    }
}
