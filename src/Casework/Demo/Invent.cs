using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Counting;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Numbers;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.Demo;

/// <summary>Sends the platform's request for the next invented cases.</summary>
internal sealed class InventedCases : IInventCases
{
    public Task<(int Written, int Of)> Next(IMediator pipeline, InventedZone zone, int most, CancellationToken ct) => pipeline.Send(new Invent.Command(zone, most), ct);
}

/// <summary>Writes invented cases in bulk: the entities, the door by which people come into dossiers and the count are those of every intake, the day is the case's own. In development, in a zone that is there for the figures only.</summary>
internal static class Invent
{
    [Requires(May.RunThePlatform)]
    internal sealed record Command(InventedZone Zone, int Most) : ICommand<(int Written, int Of)>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Caller caller, Trail trail, Masonry masonry, Gate gate, Aftermath aftermath, IZoneSettings settings, IHostEnvironment environment, TimeProvider clock) : IRequestHandler<Command, (int Written, int Of)>
    {
        public async Task<(int Written, int Of)> Handle(Command command, CancellationToken ct)
        {
            if (!caller.IsPlatform || !environment.IsDevelopment() || !here.InZone.IsForFiguresOnly) throw new RefusedException("demo");
            // Where two processes invent they take turns, and each sees what the other wrote.
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (written, all) = (await zone.Set<Dossier>().CountAsync(ct), Invention.Of(command.Zone).ToList());
            var next = all.Skip(written).Take(command.Most).ToList();
            foreach (var one in next) await Write(one, ct);
            trail.Because("demo");
            return (written + next.Count, all.Count);
        }

        private async Task Write(InventedCase one, CancellationToken ct)
        {
            var (at, year) = (one.At, one.At.Year);
            var number = DossierNumber.Of(year, await DossierCounter.Next(zone, year, ct), here.InZone.Keys.NumberKey);
            var dossier = Dossier.Open(number, one.Trigger, one.Kind, at.AddHours(-6), "", Milestone.ThePlatform, at);
            var person = Person.Add(dossier.Id, one.Who, one.Capacity, one.Language, at);
            (person.Sex, person.Damage, person.IsMinor) = (one.Sex, one.Damage, one.IsMinor);
            var safe = SafeContact.For(person);
            if (one.Met is { } asked) safe.Agree(Rule.Safe, default, default, default, default, new SafeDetails(), Milestone.ThePlatform, asked.At);
            dossier.Lead = person.Id;
            await new Joining(zone, here, masonry, gate, aftermath, new Tally(zone, here, new StandingClock(at)), settings, caller, new StandingClock(at)).Into(dossier, person, safe, null, ct);
            var first = FollowUp.Plan(dossier.Id, [person.Id], ActKind.FirstContact, null, at.AddDays(3), Milestone.ThePlatform, at);
            zone.AddRange(dossier, first, Milestone.Reached(dossier.Id, MilestoneKind.Opened, Milestone.ThePlatform, at));
            SearchToken.Add(zone, here.InZone.Keys.Search, dossier.Id, dossier.Id, [new SearchPart(PartKind.DossierNumber, dossier.Number)]);
            if (one.Met is { } met) Meets(dossier, person, first, met);
            if (one.Closed is not { } closed)
            {
                // Nobody is there to be told.
                if (first.Done is null) dossier.Awaits(first.DueAt);
                first.WasTold();
                return;
            }
            if (first.Done is null) first.Drop(Milestone.ThePlatform, closed);
            var reason = one.Met is null ? ClosingReason.Unreachable : ClosingReason.NeedsMet;
            dossier.Close(reason, one.Met is null ? Outcome.NoContact : Outcome.Supported, closed);
            zone.Add(Milestone.Reached(dossier.Id, MilestoneKind.Closed, Milestone.ThePlatform, closed, code: (int)reason));
        }

        private void Meets(Dossier dossier, Person person, FollowUp first, Meeting met)
        {
            var contact = Contact.Record(dossier.Id, new Took([person.Id], met.At, met.Minutes, met.Place, false, null, false, true, met.Services, [], null), Milestone.ThePlatform, met.At, Signing.NotNeeded);
            contact.EndsTheWait(dossier, [first], met.At);
            zone.Add(contact);
            // Not saved yet, so the tally would not find the case; it has been given nothing before.
            var counted = zone.ChangeTracker.Entries<Case>().Single(c => c.Entity.Id == person.Id).Entity;
            foreach (var kind in met.Services) zone.Add(GivenService.First(counted, kind, met.At));
        }
    }

    private sealed class StandingClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
