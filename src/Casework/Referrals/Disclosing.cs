using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Links;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Casework.Referrals;

/// <summary>Writes what a partner is told, from the fields that were ticked: the one place that does, so that what is shown before, what is agreed to and what the partner reads are the same lines.
/// A number or an address never goes without the rules of safe contact that belong to it, and when they were asked, and not at all where the person said never. A second number for SMS stands apart from the telephone, each with its own rule.</summary>
internal static class Disclosing
{
    /// <summary>Fields there is something to say in, and that may be said.</summary>
    public static IReadOnlyList<SharedField> Possible(Person person, RulesForOthers safe, Dossier dossier) => [.. Enum.GetValues<SharedField>().Where(f => f == SharedField.Message || Parts(f, person, safe, dossier, default, null).Any())];

    /// <param name="language">fr, nl, de or en: the partner's.</param>
    public static Disclosure Write(IEnumerable<SharedField> fields, Person person, RulesForOthers safe, Dossier dossier, Need need, string? message, string language) => Spoken.In(language, () =>
    {
        var (lines, ruled) = (new List<DisclosedLine>(), 0);
        foreach (var part in fields.Distinct().Order().SelectMany(f => Parts(f, person, safe, dossier, need, message)))
        {
            lines.Add(new DisclosedLine(part.Label, part.Value));
            lines.AddRange(part.Channels.Select(c => new DisclosedLine(Words.Of("SharedRule_" + c), Rule(c, safe))));
            if (part.Channels.Length > 0) ruled = lines.Count;
        }
        if (ruled > 0) lines.Insert(ruled, new DisclosedLine(Words.SharedCheckedLabel, safe.CheckedWhen));
        return new Disclosure(language, lines);
    });

    /// <summary>Tells apart what was shown from what would go now.</summary>
    public static string Print(Disclosure content) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));

    /// <summary>Do two say the same, whenever the rules of safe contact were asked?</summary>
    public static bool SaySame(Disclosure one, Disclosure other)
    {
        var label = Spoken.In(other.Language, () => Words.SharedCheckedLabel);
        return one.Language == other.Language && one.Lines.Where(l => l.Label != label).SequenceEqual(other.Lines.Where(l => l.Label != label));
    }

    /// <summary>One line, and the channels whose rules stand under it.</summary>
    private sealed record Part(string Label, string Value, params Channel[] Channels);

    private static IEnumerable<Part> Parts(SharedField field, Person person, RulesForOthers safe, Dossier dossier, Need need, string? message)
    {
        var identity = person.Identity.Value;
        return field switch
        {
            SharedField.Phone => Numbers(identity, safe),
            SharedField.Mail when safe.Of(Channel.Mail) == Codes.Rule.Never => [],
            SharedField.Mail => One(identity.Mail, Channel.Mail),
            SharedField.Address when dossier.Danger.HasFlag(Danger.AddressSecret) || (safe.Of(Channel.Letter), safe.Of(Channel.Visit)) == (Codes.Rule.Never, Codes.Rule.Never) => [],
            SharedField.Address => One(identity.Address, Channel.Letter, Channel.Visit),
            SharedField.Name => One(identity.FullName == Particulars.Nameless ? null : identity.FullName),
            SharedField.BirthDate => One(identity.BirthDate is { } born ? born.ToString("d", CultureInfo.GetCultureInfo(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName + "-BE")) : identity.EstimatedAge is { } age ? Words.SharedAboutYears(age) : null),
            SharedField.Language => One(Words.Of("Language_" + person.Language) + (person.NeedsInterpreter ? $" ({Words.InterpreterLabel})" : "")),
            SharedField.Need => One(need == default ? Words.Of(field) : NetworkWords.Of(need)),
            SharedField.Facts => One(Words.Of("SubKind_" + dossier.SubKind)),
            SharedField.FactsOn => One(dossier.FactsAt is { } at ? Moment.Show(Moment.Day(at)) : null),
            SharedField.Municipality => One(dossier.Municipality),
            _ => One(message),
        };

        IEnumerable<Part> One(string? value, params Channel[] channels) => Said(value) is { } said ? [new Part(Words.Of(field), said, channels)] : [];
    }

    // A telephone that must not ring is worth telling only where an SMS to it was allowed; the second number is never called.
    private static IEnumerable<Part> Numbers(Particulars identity, RulesForOthers safe)
    {
        var (sms, second) = (safe.Of(Channel.Sms), Clearance.HasSecondNumber(identity, safe.Details));
        if (Said(identity.Phone) is { } phone && !safe.MustNotRing && (safe.Of(Channel.Call) != Codes.Rule.Never || (!second && sms is Codes.Rule.Safe or Codes.Rule.OnlyIf)))
            yield return new Part(Words.Of(SharedField.Phone), phone, second ? [Channel.Call] : [Channel.Call, Channel.Sms]);
        if (second && sms != Codes.Rule.Never && !safe.SecondMustNotRing) yield return new Part(Words.SmsNumber, safe.Details.SmsNumber!.Trim(), Channel.Sms);
    }

    private static string Rule(Channel channel, RulesForOthers safe)
    {
        var agreed = safe.Details;
        var hours = agreed is { From: { } from, Until: { } until } ? $"{from:HH:mm}–{until:HH:mm}{(agreed.Weekdays ? " " + Words.WeekdaysOnly : "")}" : agreed.Weekdays ? Words.WeekdaysOnly : null;
        return safe.Of(channel) == Codes.Rule.Never ? safe.Says(channel)
            : string.Join("; ", new[] { safe.Says(channel), hours, agreed.Hours, Labelled(Words.WhoMayAnswer, agreed.WhoMayAnswer), Labelled(Words.WhatMayBeSaid, agreed.WhatMayBeSaid), Labelled(Words.CodeWord, agreed.CodeWord) }.Where(t => !string.IsNullOrWhiteSpace(t)));
    }

    private static string? Labelled(string label, string? text) => string.IsNullOrWhiteSpace(text) ? null : $"{label}: {text.Trim()}";
    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
