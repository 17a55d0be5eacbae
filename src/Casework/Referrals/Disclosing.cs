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
/// A number or an address never goes without the rules of safe contact that belong to it, and not at all where the person said never.</summary>
internal static class Disclosing
{
    /// <summary>Fields there is something to say in, and that may be said.</summary>
    /// <param name="safe">As they may be told to others.</param>
    public static IReadOnlyList<SharedField> Possible(Person person, RulesAsTheyStood safe, Dossier dossier) => [.. Enum.GetValues<SharedField>().Where(f => f == SharedField.Message || (MayGo(f, safe, dossier) && Value(f, person, safe, dossier, default, null) is not null))];

    /// <param name="safe">As they may be told to others.</param>
    /// <param name="language">fr, nl, de or en: the partner's.</param>
    public static Disclosure Write(IEnumerable<SharedField> fields, Person person, RulesAsTheyStood safe, Dossier dossier, Need need, string? message, string language) => Spoken.In(language, () =>
    {
        var lines = new List<DisclosedLine>();
        foreach (var field in fields.Distinct().Order().Where(f => MayGo(f, safe, dossier)))
        {
            if (Value(field, person, safe, dossier, need, message) is not { } value) continue;
            lines.Add(new DisclosedLine(Words.Of(field), value));
            lines.AddRange(ChannelsOf(field).Select(c => new DisclosedLine(Words.Of("SharedRule_" + c), Rule(c, safe))));
        }
        return new Disclosure(language, lines);
    });

    /// <summary>Tells apart what was shown from what would go now.</summary>
    public static string Print(Disclosure content) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));

    private static bool MayGo(SharedField field, RulesAsTheyStood safe, Dossier dossier) => field switch
    {
        SharedField.Address => !dossier.Danger.HasFlag(Danger.AddressSecret) && !ChannelsOf(field).All(c => safe.Of(c) == Codes.Rule.Never),
        SharedField.Phone or SharedField.Mail => !ChannelsOf(field).All(c => safe.Of(c) == Codes.Rule.Never),
        _ => true,
    };

    private static Channel[] ChannelsOf(SharedField field) => field switch
    {
        SharedField.Phone => [Channel.Call, Channel.Sms],
        SharedField.Mail => [Channel.Mail],
        SharedField.Address => [Channel.Letter, Channel.Visit],
        _ => [],
    };

    private static string? Value(SharedField field, Person person, RulesAsTheyStood safe, Dossier dossier, Need need, string? message)
    {
        var identity = person.Identity.Value;
        return Said(field switch
        {
            SharedField.Name => identity.FullName == Particulars.Nameless ? null : identity.FullName,
            SharedField.BirthDate => identity.BirthDate is { } born ? born.ToString("d", CultureInfo.GetCultureInfo(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName + "-BE")) : identity.EstimatedAge is { } age ? Words.SharedAboutYears(age) : null,
            SharedField.Phone => identity.Phone,
            SharedField.Mail => identity.Mail,
            SharedField.Address => identity.Address,
            SharedField.Language => Words.Of("Language_" + person.Language) + (person.NeedsInterpreter ? $" ({Words.InterpreterLabel})" : ""),
            SharedField.Need => need == default ? Words.Of(field) : NetworkWords.Of(need),
            SharedField.Facts => Words.Of("SubKind_" + dossier.SubKind),
            SharedField.FactsOn => dossier.FactsAt is { } at ? Moment.Show(Moment.Day(at)) : null,
            SharedField.Municipality => dossier.Municipality,
            _ => message,
        });
    }

    private static string Rule(Channel channel, RulesAsTheyStood safe)
    {
        var (rule, agreed) = (safe.Of(channel), safe.Details);
        var hours = agreed is { From: { } from, Until: { } until } ? $"{from:HH:mm}–{until:HH:mm}{(agreed.Weekdays ? " " + Words.WeekdaysOnly : "")}" : agreed.Weekdays ? Words.WeekdaysOnly : null;
        return rule == Codes.Rule.Never ? Words.Of(rule)
            : string.Join("; ", new[] { Words.Of(rule), hours, agreed.Hours, Labelled(Words.WhoMayAnswer, agreed.WhoMayAnswer), Labelled(Words.WhatMayBeSaid, agreed.WhatMayBeSaid), Labelled(Words.CodeWord, agreed.CodeWord) }.Where(t => !string.IsNullOrWhiteSpace(t)));
    }

    private static string? Labelled(string label, string? text) => string.IsNullOrWhiteSpace(text) ? null : $"{label}: {text.Trim()}";
    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
