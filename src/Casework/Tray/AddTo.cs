using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.PublicDesk.Contracts;

namespace VictimSupport.Casework.Tray;

/// <summary>A message about somebody whose dossier goes on already is put into that dossier: what was said becomes a note, that they are to be called an act, and the message is closed.
/// Whoever asked on the public page said how they are reached, and that no other way is: that joins their rules, the stricter of two holds, and all of it is to be asked. Nobody knows yet who filled that form in: a way to somewhere else opens nothing here, and a code word stands in the note alone.</summary>
internal static class AddTo
{
    /// <summary>Somebody of this name or number who is helped in a dossier that goes on. A family shares a telephone: whoever puts the message there says whose it is.</summary>
    internal sealed record Known(Guid Dossier, string Number, Guid Person, string Name);

    internal sealed record Answer(IReadOnlyList<Known> Dossiers) : IListDossiers
    {
        IEnumerable<Guid> IListDossiers.Listed => Dossiers.Select(d => d.Dossier);
    }

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Entry) : IQuery<Answer>;

    /// <returns>false: it was put there before.</returns>
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Entry, Guid Dossier, Guid Person) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Duplicates duplicates, Taking taking, Gate gate, Masonry masonry, Keyring keys, UseCase here, Caller caller, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var entry = await Find(query.Entry, ct);
            if (entry.State != TrayState.Waiting) return new Answer([]);
            return new Answer([.. (await duplicates.GoingOn(entry.Message.Value.Who, ct)).Select(k => new Known(k.Dossier.Id, k.Dossier.Number, k.Person.Id, k.Person.Identity.Value.FullName))]);
        }

        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            // A wall that is built meanwhile looks for messages too: they take turns.
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (entry, now) = (await Find(command.Entry, ct), clock.GetUtcNow());
            if (entry.Dossier == command.Dossier) return false;
            if (entry.State != TrayState.Waiting) throw new RefusedException("absent", entry.Id);
            var dossier = await guard.Open(command.Dossier, ct);
            var (person, _) = (await duplicates.GoingOn(entry.Message.Value.Who, ct)).FirstOrDefault(k => k.Dossier.Id == dossier.Id && k.Person.Id == command.Person);
            if (person is null) throw new RefusedException("absent", dossier.Id);
            await masonry.Meets(dossier, person.Identity.Value, entry.Id, ct);
            zone.AddRange(Note.Write(dossier.Id, [person.Id], Layer.Assistance, Said(entry, person), caller.Self, now, Countersigning.Of(caller)), await Act(entry, dossier, person, now, ct));
            if (entry.FromPublic)
            {
                await Joins(entry, person, dossier, now, ct);
                await taking.Into(entry, dossier, now, ct);
            }
            else
            {
                await RuleStands(entry, person, ct);
                if (entry.Message.Value.OfficialReport is { Length: > 0 } number) await OfficialReport.AddUnlessKnown(zone, keys, here.InZone.Keys.Search, dossier.Id, number, now, ct);
                entry.Becomes(dossier.Id, caller.Self, now);
            }
            await NextAct.Settle(zone, dossier, ct);
            dossier.Touch();
            return true;
        }

        private async Task<TrayEntry> Find(Guid id, CancellationToken ct)
        {
            var entry = await There.Messages(zone, caller.Self).SingleOrDefaultAsync(e => e.Id == id, ct) ?? throw new RefusedException("absent", id);
            trail.Concerns(entry.Id, "tray");
            return entry;
        }

        // What was said of the telephone must not lie in a note while the dossier still lets everybody call: it is put into their rules first, where all that hangs on them is done.
        private async Task RuleStands(TrayEntry entry, Person person, CancellationToken ct)
        {
            var own = await zone.Set<SafeContact>().AsNoTracking().Where(s => s.Id == person.Id).Select(s => s.Call).SingleAsync(ct);
            if (entry.MayCall is Rule.Never or Rule.OnlyIf && SafeContact.Stricter(Channel.Call, own, entry.MayCall) != own) throw new ValidationException([new ValidationFailure("Dossier", Words.RuleFirst(Words.ChannelRule(Words.Of(Channel.Call), Words.Of(entry.MayCall))))]);
        }

        // By when they were promised an answer. Nobody is to call who may not be called, or there where they no longer are.
        private async Task<FollowUp> Act(TrayEntry entry, Dossier dossier, Person person, DateTimeOffset now, CancellationToken ct)
        {
            var inTouch = await gate.InTouch(dossier, person.Id, ct);
            var (kind, text, due) = entry switch
            {
                { ComesForward: true } => (ActKind.Other, InTheZone(() => Words.TheyComeForward), now + TrayEntry.WaitedFor),
                { Message.Value.Asked: { } asked } when asked.Way != Way.Call || inTouch != ActKind.CallBack || await LeadsElsewhere(asked, person, ct) => (ActKind.Other, InTheZone(() => Words.ReachAsAsked(RequestWords.Of(asked.Way))), entry.RemindAt),
                { Message.Value.Phone: { Length: > 0 } phone, FromPublic: false } when !Same(phone, person.Identity.Value.Phone) => (ActKind.Other, InTheZone(() => Words.OtherNumberLeft), entry.RemindAt),
                _ => (inTouch, null, entry.RemindAt),
            };
            return FollowUp.Plan(dossier.Id, [person.Id], kind, text, due > now ? due : now, caller.Self, now);
        }

        // Does the way they named lead to another telephone, mailbox or house than the one that stands in the dossier?
        private async Task<bool> LeadsElsewhere(Asked asked, Person person, CancellationToken ct)
        {
            var (known, rules) = (person.Identity.Value, await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct));
            return asked.Way switch
            {
                Way.Call => !Same(asked.Reach, known.Phone),
                Way.Sms => !Same(asked.Reach, SafeContact.SmsGoElsewhere(rules.Details.Value) ? rules.Details.Value.SmsNumber : known.Phone),
                Way.Mail or Way.Video => !string.Equals(asked.Reach?.Trim(), known.Mail?.Trim(), StringComparison.OrdinalIgnoreCase),
                Way.Letter => !string.Equals(asked.Reach?.Trim(), known.Address?.Trim(), StringComparison.OrdinalIgnoreCase),
                _ => false,
            };
        }

        private static bool Same(string? one, string? other) => PhoneNumber.ToE164(one) is { } number && number == PhoneNumber.ToE164(other);

        // What waits to go out over the rules that held before is taken back, as whenever rules change.
        private async Task Joins(TrayEntry entry, Person person, Dossier dossier, DateTimeOffset now, CancellationToken ct)
        {
            var (safe, wrote) = (await zone.Set<SafeContact>().SingleAsync(s => s.Id == person.Id, ct), SafeContact.For(person));
            taking.Agrees(wrote, entry, null, null, theirWord: false, now);
            // Of visits, and of letters to a minor, the form asks nothing.
            var (before, theirs) = (safe.Now(), wrote.Now() with { Visit = safe.Visit, LettersHome = safe.LettersHome, Details = wrote.Details.Value with { CodeWord = null } });
            if (await LeadsElsewhere(entry.Message.Value.Asked!, person, ct)) theirs = theirs with { Call = Rule.Never, Sms = Rule.Never, Mail = Rule.Never, Letter = Rule.Never };
            safe.Join(theirs);
            zone.Add(RuleChange.Of(safe, before, caller.Self, now));
            NeverElsewhere.Queue(zone, safe, now);
            await gate.TakeBack([safe.Id], Bar.RuleChanged, ct);
            if (await zone.Set<Interpreter>().AllAsync(i => i.Id != person.Id, ct)) taking.Interprets(entry, person);
        }

        private T InTheZone<T>(Func<T> say) => Spoken.In(here.InZone.Record.FirstLanguage, say);

        private string Said(TrayEntry entry, Person person) => InTheZone(() =>
        {
            var message = entry.Message.Value;
            List<string> lines = [Words.MessageOf(Moment.Show(entry.PutAt)), message.About];
            if (message.Officer is { } officer) lines.InsertRange(1, [$"{officer.Name}, {officer.Unit}, {officer.Phone}", Words.ChannelRule(Words.RequestReference, entry.Reference)]);
            if (message.Phone is { Length: > 0 } phone && PhoneNumber.ToE164(phone) != PhoneNumber.ToE164(person.Identity.Value.Phone)) lines.Add(Words.ChannelRule(Words.PhoneLabel, phone));
            if (message.Asked is { } asked) lines.AddRange(InWords(asked, person.Identity.Value));
            else if (entry.MayCall != Rule.NotAsked || message.Condition is not null) lines.Add(Words.ChannelRule(Words.Of(Channel.Call), $"{Words.Of(entry.MayCall)} {message.Condition}".TrimEnd()));
            return string.Join('\n', lines.Where(l => l.Length > 0));
        });

        private static IEnumerable<string> InWords(Asked asked, Particulars known)
        {
            yield return Words.ChannelRule(Words.AskedFor, RequestWords.Of(asked.Need));
            if (asked.Way == Way.Self)
            {
                yield return Words.ComesForward;
                yield break;
            }
            yield return Words.ChannelRule(RequestWords.Of(asked.Way), Words.Of(asked.OnlyIf ? Rule.OnlyIf : Rule.Safe));
            // A number stands above; what is known already stands behind its rule.
            if (asked.Way is not (Way.Call or Way.Sms) && asked.Reach != known.Mail && asked.Reach != known.Address) yield return asked.Reach ?? "";
            foreach (var (label, text) in new[] { (Words.AskedHours, asked.Hours), (Words.AskedSay, asked.MayBeSaid), (Words.AskedCodeWord, asked.CodeWord) }) if (text is not null) yield return Words.ChannelRule(label, text);
            yield return Words.NoOtherWay;
            if (asked.Place is { } place) yield return Words.ChannelRule(Words.AskedPlace, RequestWords.Of(place));
            if (string.Join(", ", RequestWords.Of(asked.Parts)) is { Length: > 0 } parts) yield return Words.ChannelRule(Words.AskedWhen, parts);
        }
    }
}
