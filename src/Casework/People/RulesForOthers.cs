using VictimSupport.Casework.Codes;
using VictimSupport.Design.Html;

namespace VictimSupport.Casework.People;

/// <summary>How somebody is reached, as others are told: a partner, another zone, whoever reads what is printed. They know neither the alleged perpetrators, nor other dossiers, nor what a gate refuses here. The one place that says it.</summary>
/// <param name="Rules">What is told of each channel, and the words to keep to.</param>
/// <param name="NotAtTheNumber">Closed by a never of somebody else at the same telephone: not this person's own rule, so it is not told as theirs.</param>
internal sealed record RulesForOthers(RulesAsTheyStood Rules, IReadOnlySet<Channel> NotAtTheNumber)
{
    public SafeDetails Details => Rules.Details;

    /// <summary>It rings with somebody who said never: the number goes nowhere, whatever was ticked.</summary>
    public bool MustNotRing => NotAtTheNumber.Contains(Channel.Call);

    /// <summary>The second number is somebody's who said never to what goes there. Of the telephone's own number, where there is no second, it is told beside it.</summary>
    public bool SecondMustNotRing => NotAtTheNumber.Contains(Channel.Sms);

    /// <summary>Never stays never, said here or in another dossier. What leads to the alleged perpetrator too, or names them, what nobody decided for a minor, and what somebody else closed, is as if nobody had been asked.</summary>
    public static RulesForOthers Of(Person person, SafeContact safe, IReadOnlyList<Particulars> authors, ClosedChannels closed, DateTimeOffset at)
    {
        var (rules, who) = (safe.Now(), person.Identity.Value);
        var named = rules.Details.Names(authors);
        var told = rules.Each(c => rules.Of(c) == Rule.Never || closed.Theirs.Contains(c) ? Rule.Never : IsOpenToDoubt(c) ? Rule.NotAsked : rules.Of(c));
        return new RulesForOthers(named ? told with { Details = told.Details with { WhoMayAnswer = null, ThirdPerson = null } } : told, closed.AtTheNumber);

        bool IsOpenToDoubt(Channel channel) => named || closed.AtTheNumber.Contains(channel) || Clearance.IsAlsoOf(who, rules.Details, channel, authors) || (channel == Channel.Letter && person.IsMinorAt(at) && rules.LettersHome == Decider.Nobody);
    }

    /// <summary>As they hold at a moment: what is to be asked again is not asked. Never stays.</summary>
    public RulesForOthers AsOf(DateTimeOffset at) => Rules.MustBeAskedAgain(at) ? this with { Rules = Rules.Each(c => Rules.Of(c) == Rule.Never ? Rule.Never : Rule.NotAsked) } : this;

    /// <summary>When they were asked, and until when they hold: whoever keeps the lines must be able to tell.</summary>
    public string CheckedWhen => SafeContact.ReviewOf(Rules.Checked, Rules.ViolenceAt) is { } until ? Words.SharedCheckedOn(Moment.Show(Moment.Day(Rules.Checked!.Value)), Moment.Show(Moment.Day(until))) : Words.SharedNotChecked;

    public Rule Of(Channel channel) => Rules.Of(channel);

    public bool ForbidsSomething => NotAtTheNumber.Count > 0 || Enum.GetValues<Channel>().Any(c => Of(c) == Rule.Never);

    /// <summary>The rule of a channel, in words.</summary>
    public string Says(Channel channel) => NotAtTheNumber.Contains(channel) && Of(channel) != Rule.Never ? Words.NotAtThisNumber : Words.Of(Of(channel));
}
