using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Lists;

/// <summary>Adds a row to a dossier that is there already: its report, its facts beside the main ones, and the person where they are not in it.</summary>
internal static class AddReport
{
    [Requires(May.OpenCallOuts)]
    internal sealed record Command(Guid List, int Row, Guid Dossier) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, UseCase here, Guard guard, Joining joining, Aftermath aftermath, Gate gate, Foundation.Secrecy.Keyring keys, Offering offering, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var (now, once) = (clock.GetUtcNow(), PvList.OnceOf(command.List, command.Row));
            await DossierCounter.TakeTurns(zone, now, ct);
            if (await zone.Set<Submission>().AnyAsync(s => s.Id == once, ct)) return false;
            var list = await PvList.Own(zone.Set<PvList>(), command.List, caller.Self, now, ct);
            var rows = list.Sheet!.Value.Rows;
            if (command.Row < 1 || command.Row > rows.Count) throw new RefusedException("absent", command.Dossier);
            var cells = rows[command.Row - 1].Cells;
            var reading = PvReading.Of(cells, here.InZone.Record.FirstLanguage, await OwnFacts.In(zone, now, ct), now);
            var dossier = await guard.Open(command.Dossier, ct);
            if (!dossier.IsOpen || reading.Faults.Count > 0) throw new RefusedException("closed", dossier.Id);
            await OfficialReport.AddUnlessKnown(zone, keys, here.InZone.Keys.Search, dossier.Id, cells.Number, now, ct);
            var (person, known) = await Person(dossier, cells, reading, now, ct);
            if (person is { } concerned && Left(cells, reading, known) is { Length: > 0 } text) zone.Add(Note.Write(dossier.Id, [concerned], Foundation.Secrecy.Layer.Assistance, text, caller.Self, now, Countersigning.Of(caller)));
            await Facts(dossier, reading.Kind!, ct);
            if (PvReading.OffersFollowUp(cells)) await offering.Plan(dossier, person, reading.When, now, ct);
            // Whom a letter of this list would be for: not the person of the dossier whose name is not in it.
            if (person is { } theirs && !reading.Unknown && known is not { IsHelped: false }) list.Change(new PvSheet([.. rows.Select((r, i) => i == command.Row - 1 ? r with { Person = theirs } : r)]));
            dossier.Touch();
            zone.Add(new Submission { Id = once, Made = dossier.Id });
            return true;
        }

        // A second burglary of the same house stands in the report; other facts stand beside the main ones, and what was safe may be so no more.
        private async Task Facts(Dossier dossier, SubKind kind, CancellationToken ct)
        {
            if (dossier.SubKind == kind.Code || dossier.Additional.Contains(kind.Code)) return;
            dossier.Additional = [.. dossier.Additional, kind.Code];
            if (SubKinds.IsAtHome(kind.Code)) await aftermath.Reaches(dossier, ct);
            if (SubKinds.NeverUnasked(kind.Code)) await gate.TakeBack(await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).Select(p => p.Id).ToListAsync(ct), Bar.Changed, ct);
        }

        // What the row says and the dossier has no place for beside what stands there: an address that is another than the one that was agreed on is not taken for theirs by itself, and the list is thrown away.
        private string Left(PvCells cells, PvReading reading, Person? known) => Spoken.In(here.InZone.Record.FirstLanguage, () =>
        {
            List<string> lines = [];
            if (reading.When is { } when) lines.Add(Words.ChannelRule(Words.PvDate, Moment.Show(when)));
            if (known is { IsHelped: true } && cells.Address.Length > 0 && cells.Address != known.Identity.Value.Address) lines.Add(Words.ChannelRule(Words.AddressLabel, cells.Address));
            if (known is { IsHelped: true } && cells.Language.Length > 0 && reading.Language != known.Language) lines.Add(Words.ChannelRule(Words.LanguageLabel, Words.Of("Language_" + reading.Language)));
            return lines.Count == 0 ? "" : string.Join('\n', lines.Prepend(Words.PvNoted(cells.Number)));
        });

        // Who of the dossier is meant, and whether they were in it; who is not named, or only mentioned, is whom it is shown under.
        private async Task<(Guid? Concerned, Person? Known)> Person(Dossier dossier, PvCells cells, PvReading reading, DateTimeOffset now, CancellationToken ct)
        {
            if (reading.Unknown) return (dossier.Lead, null);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.Id), ct);
            var identity = new Particulars(cells.FamilyName, cells.GivenName, Address: cells.Address.Length > 0 ? cells.Address : null);
            var query = SamePerson.Name(identity);
            if (people.Find(p => SamePerson.May(identity, p.Identity.Value) || (!query.IsEmpty && query.Matches(p.Identity.Value.FamilyName, p.Identity.Value.GivenName))) is { } known) return (known.IsHelped ? known.Id : dossier.Lead, known);
            var person = People.Person.Add(dossier.Id, identity, reading.Kind!.Capacity, reading.Language, now);
            dossier.Lead ??= person.Id;
            await joining.Into(dossier, person, SafeContact.For(person), null, ct);
            await joining.Waits(dossier, person, ct);
            return (person.Id, null);
        }
    }
}
