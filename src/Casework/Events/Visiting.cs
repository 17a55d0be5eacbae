using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>Who comes from other zones to help in an event: asked by the zone that opened it, accepted by the other, each of its colleagues for themselves. All of it ends with the event.</summary>
internal static class Visiting
{
    /// <summary>What the opening zone sees: whom it asked, who came, and whom of them it sent away.</summary>
    /// <param name="Others">Zones that can be asked, by code: those of a shared pool first, each part in the order of the names.</param>
    internal sealed record Guests(IReadOnlyList<(EventAsk Ask, string Code, string Name)> Asks, IReadOnlyList<(VisitSpan Visit, string Code)> Visits, IReadOnlySet<Guid> SentAway, IReadOnlyList<Choice> Others);

    [Requires(May.LeadEvents)]
    internal sealed record Query(Guid Event) : ICatalogQuery<Guests>;

    /// <param name="Code">Of any zone of the platform: that it was asked and accepted opens this event to its sign-ins until the end, and nothing else.</param>
    /// <returns>The zone's name.</returns>
    [Requires(May.LeadEvents)]
    internal sealed record Ask(CollectiveEvent Event, string? Code) : ICatalogCommand<string>;

    /// <summary>The end of the event was put off, or brought forward: those who were asked may come until then.</summary>
    [Requires(May.LeadEvents)]
    internal sealed record PutOff(Guid Event, DateTimeOffset Until) : ICatalogCommand<bool>;

    /// <summary>Ends the visits for an event, or one colleague's: sent away, they come to it no more.</summary>
    /// <returns>Whose they were.</returns>
    [Requires(May.LeadEvents)]
    internal sealed record End(Guid Event, Guid? Account = null) : ICatalogCommand<IReadOnlyList<Guid>>;

    /// <summary>Whoever was sent away may come again.</summary>
    [Requires(May.LeadEvents)]
    internal sealed record LetBack(Guid Event, Guid Account) : ICatalogCommand<bool>;

    internal sealed class Leading(CatalogDbContext house, UseCase here, IKnowPools pools, IVisits visits, Trail trail, Caller caller, TimeProvider clock)
        : IRequestHandler<Query, Guests>, IRequestHandler<Ask, string>, IRequestHandler<PutOff, bool>, IRequestHandler<End, IReadOnlyList<Guid>>, IRequestHandler<LetBack, bool>
    {
        private static string Language => System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

        public async Task<Guests> Handle(Query query, CancellationToken ct)
        {
            var (self, language) = (here.InZone.Id, Language);
            var asks = await house.Set<EventAsk>().AsNoTracking().Where(a => a.Event == query.Event && a.Zone == self).OrderBy(a => a.At).ToListAsync(ct);
            var came = (await visits.In(self, clock.GetUtcNow().AddYears(-5), clock.GetUtcNow().AddYears(1), ct)).Where(v => v.Kind == VisitKind.Event && v.About == query.Event).ToList();
            var ids = asks.Select(a => a.Asked).Concat(came.Select(v => v.From)).Distinct().ToList();
            var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => ids.Contains(z.Id)).ToDictionaryAsync(z => z.Id, ct);
            trail.Because("event", query.Event);
            return new Guests([.. asks.Where(a => zones.ContainsKey(a.Asked)).Select(a => (a, zones[a.Asked].Code, zones[a.Asked].NameIn(language)))], [.. came.Where(v => zones.ContainsKey(v.From)).Select(v => (v, zones[v.From].Code))], asks.Count == 0 ? new HashSet<Guid>() : await visits.SentAway(house, VisitKind.Event, query.Event, ct), await Others(asks, ct));
        }

        // Whoever was asked and did not decline stands in the list of those who were asked.
        private async Task<IReadOnlyList<Choice>> Others(List<EventAsk> asks, CancellationToken ct)
        {
            var (self, asked) = (here.InZone.Id, asks.Where(a => a.Answer != EventAnswer.Declined).Select(a => a.Asked).ToHashSet());
            var pooled = (await pools.Of(self, ct)).SelectMany(p => p.Others).Select(z => z.Id).ToHashSet();
            var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.State == ZoneState.Active && z.Id != self).ToListAsync(ct);
            return [.. zones.Where(z => !asked.Contains(z.Id)).Select(z => (Zone: z, Name: z.NameIn(Language))).OrderBy(z => !pooled.Contains(z.Zone.Id)).ThenBy(z => z.Name, StringComparer.CurrentCulture).Select(z => new Choice(z.Zone.Code, z.Name.Contains(z.Zone.Code, StringComparison.Ordinal) ? z.Name : $"{z.Name} ({z.Zone.Code})"))];
        }

        public async Task<string> Handle(Ask command, CancellationToken ct)
        {
            var (self, now) = (here.InZone.Id, clock.GetUtcNow());
            if (!command.Event.Runs(now)) throw Wrong(Words.EventNotRunning);
            if (await house.Set<ZoneRecord>().AsNoTracking().SingleOrDefaultAsync(z => z.Code == command.Code && z.Id != self && z.State == ZoneState.Active, ct) is not { } zone) throw Wrong(Words.EventChooseZone);
            if (await house.Set<EventAsk>().SingleOrDefaultAsync(a => a.Event == command.Event.Id && a.Zone == self && a.Asked == zone.Id, ct) is { } before)
            {
                if (before.Answer != EventAnswer.Declined && before.Until >= command.Event.Ends) return zone.NameIn(Language); // pressed twice: they know
                before.Again(command.Event.Ends);
            }
            else house.Add(EventAsk.Of(command.Event, self, zone.Id, caller.Self, now));
            house.Add(OutboxMessage.New($"{EventAskedMail.KindName} {command.Event.Id} {zone.Id} {now.UtcTicks}", EventAskedMail.KindName, command.Event.Id, null, now, zone.Id));
            trail.Because("event", command.Event.Id);
            return zone.NameIn(Language);

            static ValidationException Wrong(string said) => new([new ValidationFailure(nameof(Ask.Code), said)]);
        }

        public async Task<bool> Handle(PutOff command, CancellationToken ct)
        {
            var asks = await Ours(command.Event, ct);
            foreach (var ask in asks) ask.PutOff(command.Until);
            if (asks.Count > 0) await visits.Prolong(house, VisitKind.Event, command.Event, command.Until, ct);
            trail.Because("event", command.Event);
            return asks.Count > 0;
        }

        public async Task<IReadOnlyList<Guid>> Handle(End command, CancellationToken ct)
        {
            var asks = await Ours(command.Event, ct);
            trail.Because("event", command.Event);
            // None was asked: nobody can have come, and of an event of another zone nothing is ended from here.
            if (asks.Count == 0) return [];
            // At its end nobody is sent away: opened again, those who came may come again.
            if (command.Account is null)
            {
                foreach (var ask in asks) ask.PutOff(clock.GetUtcNow());
                return await visits.CallHome(house, VisitKind.Event, command.Event, from: null, ct);
            }
            return await visits.End(house, VisitKind.Event, command.Event, command.Account, ct);
        }

        public async Task<bool> Handle(LetBack command, CancellationToken ct)
        {
            trail.Because("event", command.Event);
            if ((await Ours(command.Event, ct)).Count == 0) return false;
            await visits.LetBack(house, VisitKind.Event, command.Event, command.Account, ct);
            return true;
        }

        private Task<List<EventAsk>> Ours(Guid ev, CancellationToken ct)
        {
            var self = here.InZone.Id;
            return house.Set<EventAsk>().Where(a => a.Event == ev && a.Zone == self).ToListAsync(ct);
        }
    }

    /// <summary>An event of another zone in which this one was asked to help.</summary>
    /// <param name="SentAway">Who came and was sent away: they do not come again.</param>
    internal sealed record Asked(EventAsk Ask, string Code, string Name, bool Joined, IReadOnlySet<Guid> SentAway);

    [Requires(May.BelongToTheZone)]
    internal sealed record Elsewhere : ICatalogQuery<IReadOnlyList<Asked>>;

    /// <summary>Is there any?</summary>
    [Requires(May.BelongToTheZone)]
    internal sealed record AnyElsewhere : ICatalogQuery<bool>;

    /// <summary>The zone accepts, or declines: then those who went are called home.</summary>
    /// <returns>Whose visits are over.</returns>
    [Requires(May.SetUpTheZone)]
    internal sealed record Reply(Guid Ask, bool Accepts) : ICatalogCommand<IReadOnlyList<Guid>>;

    /// <summary>Colleagues come to help: whoever asks themselves, or those whom the zone names.</summary>
    /// <returns>The code of the zone and the event.</returns>
    [Requires(May.OpenCallOuts)]
    internal sealed record Join(Guid Ask) : ICatalogCommand<(string Code, Guid Event)>;

    [Requires(May.SetUpTheZone)]
    internal sealed record Name(Guid Ask, IReadOnlyList<Guid> Colleagues) : ICatalogCommand<int>;

    internal sealed class Helping(CatalogDbContext house, UseCase here, IVisits visits, IStaff staff, Trail trail, Caller caller, TimeProvider clock)
        : IRequestHandler<Elsewhere, IReadOnlyList<Asked>>, IRequestHandler<AnyElsewhere, bool>, IRequestHandler<Reply, IReadOnlyList<Guid>>, IRequestHandler<Join, (string Code, Guid Event)>, IRequestHandler<Name, int>
    {
        /// <summary>Roles whose holders can be sent.</summary>
        public static readonly Role[] Sendable = [Role.Coordinator, Role.Caseworker, Role.OnCall];

        public async Task<IReadOnlyList<Asked>> Handle(Elsewhere query, CancellationToken ct)
        {
            var asks = await Living().AsNoTracking().OrderBy(a => a.At).ToListAsync(ct);
            var (ids, language, list) = (asks.Select(a => a.Zone).ToList(), System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, new List<Asked>());
            var zones = await house.Set<ZoneRecord>().AsNoTracking().Where(z => ids.Contains(z.Id)).ToDictionaryAsync(z => z.Id, ct);
            foreach (var ask in asks.Where(a => zones.ContainsKey(a.Zone)))
            {
                var joined = caller.Account is { } self && (await visits.Of(self, ask.Zone, ct)).Any(v => v.Kind == VisitKind.Event && v.About == ask.Event);
                list.Add(new Asked(ask, zones[ask.Zone].Code, zones[ask.Zone].NameIn(language), joined, await visits.SentAway(house, VisitKind.Event, ask.Event, ct)));
            }
            return list;
        }

        public Task<bool> Handle(AnyElsewhere query, CancellationToken ct) => Living().AnyAsync(ct);

        public async Task<IReadOnlyList<Guid>> Handle(Reply command, CancellationToken ct)
        {
            var ask = await Find(command.Ask, ct);
            ask.Reply(command.Accepts, caller.Self, clock.GetUtcNow());
            return command.Accepts ? [] : await visits.CallHome(house, VisitKind.Event, ask.Event, here.InZone.Id, ct);
        }

        public async Task<(string Code, Guid Event)> Handle(Join command, CancellationToken ct)
        {
            var ask = await Find(command.Ask, ct);
            await Begin(ask, caller.Self, ct);
            return (await house.Set<ZoneRecord>().AsNoTracking().Where(z => z.Id == ask.Zone).Select(z => z.Code).SingleAsync(ct), ask.Event);
        }

        public async Task<int> Handle(Name command, CancellationToken ct)
        {
            var ask = await Find(command.Ask, ct);
            var sendable = (await staff.Holding(here.InZone.Id, Sendable, ct)).ToHashSet();
            foreach (var colleague in command.Colleagues.Distinct()) await Begin(ask, sendable.Contains(colleague) ? colleague : throw new RefusedException("absent", colleague), ct);
            return command.Colleagues.Distinct().Count();
        }

        private async Task Begin(EventAsk ask, Guid account, CancellationToken ct)
        {
            if (ask.Answer != EventAnswer.Accepted || (await visits.SentAway(house, VisitKind.Event, ask.Event, ct)).Contains(account)) throw new RefusedException("absent", ask.Id);
            await visits.Begin(house, new VisitAsked(account, ask.Zone, here.InZone.Id, VisitKind.Event, ask.Event, ask.Until), caller.Self, ct);
        }

        private async Task<EventAsk> Find(Guid id, CancellationToken ct)
        {
            var ask = await Living().SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw new RefusedException("absent", id);
            trail.Because("event", ask.Event);
            return ask;
        }

        // Asked of this zone, and not over.
        private IQueryable<EventAsk> Living()
        {
            var (self, now) = (here.InZone.Id, clock.GetUtcNow());
            return house.Set<EventAsk>().Where(a => a.Asked == self && a.Until > now);
        }
    }
}
