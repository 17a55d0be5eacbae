using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.People;

/// <summary>On every page that opened a dossier: what nobody may do to reach its people, and that nobody is told they are known here. Where a page shows the rules itself it says so (<see cref="WhereAndWho.RulesAreShown"/>).</summary>
internal sealed class RulesOnEveryPage(IMediator pipeline) : IWarn
{
    public async ValueTask<IReadOnlyList<Warning>> Of(WhereAndWho who, CancellationToken ct) =>
        who.Opened is not { } opened || who.RulesAreShown || !who.Caller.May(May.WorkOnDossiers) ? [] : [.. (await pipeline.Send(new Query(opened.Dossier), ct)).Select(r => new Warning(Say(r)))];

    private static string Say(One one)
    {
        var rules = string.Join(", ", Enum.GetValues<Channel>().Where(c => one.Of(c) is Rule.Never or Rule.OnlyIf).Select(c => one.Closed.Says(c, one.Safe, one.NamesAuthor)));
        var review = one.NamesAuthor ? Words.AgreedNamesAuthor : one.Safe.ReviewBy is { } at && at > one.Now ? Words.ReviewBy(Moment.ShowLong(Moment.Day(at))) : Words.AskAgain;
        return string.Join(' ', new[] { Words.ChannelRule(Words.SafeContactOf(one.Name), rules.Length > 0 ? rules : Words.DoNotConfirm), rules.Length > 0 ? Words.DoNotConfirm : "", review }.Where(s => s.Length > 0));
    }

    /// <param name="Closed">By a never that does not stand in this row.</param>
    /// <param name="NamesAuthor">What was agreed names somebody whom they accuse: nothing of it is to be kept to.</param>
    internal sealed record One(string Name, SafeContact Safe, DateTimeOffset Now, ClosedChannels Closed, bool NamesAuthor)
    {
        public Rule Of(Channel channel) => Closed.Of(channel, Safe, NamesAuthor);
    }

    /// <summary>Leaves no record of its own: the page that stands below opened this dossier in the same request, and that is recorded.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier) : IQuery<IReadOnlyList<One>>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Nevers nevers, Accused accused, Keyring keys, TimeProvider clock) : IRequestHandler<Query, IReadOnlyList<One>>
    {
        private static readonly Compiled<Guid, Person> PeopleOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier).OrderBy(p => p.Id));
        private static readonly Compiled<Guid, SafeContact> RulesOf = Compiled.Query((ZoneDbContext z, Guid dossier) => z.Set<SafeContact>().AsNoTracking().Where(s => s.DossierId == dossier));

        public async Task<IReadOnlyList<One>> Handle(Query query, CancellationToken ct)
        {
            // What the page did may have ended the reader's own sight of it.
            if (await zone.Set<Dossier>().AsNoTracking().Where(await guard.Visible(ct)).SingleOrDefaultAsync(d => d.Id == query.Dossier, ct) is not { } dossier) return [];
            var rules = (await RulesOf.In(zone, dossier.Id, ct)).ToDictionary(s => s.Id);
            var people = (await PeopleOf.In(zone, dossier.Id, ct)).Where(p => p.IsHelped).Select(p => (Who: p, Safe: rules.GetValueOrDefault(p.Id) ?? SafeContact.For(p))).ToList();
            await keys.Fetch(people.Select(p => p.Who.Id), ct);
            var now = clock.GetUtcNow();
            var (closed, named) = (await nevers.Closed(people, ct), await accused.NamedBy(people, ct));
            return [.. people.Where(p => p.Safe.MustNotBeConfirmed(p.Who.IsMinorAt(now), dossier.IsDangerous) || named.Contains(p.Who.Id) || closed.GetValueOrDefault(p.Who.Id) is { IsNothing: false }).Select(p => new One(p.Who.Identity.Value.FullName, p.Safe, now, closed.GetValueOrDefault(p.Who.Id, ClosedChannels.Nothing), named.Contains(p.Who.Id)))];
        }
    }
}
