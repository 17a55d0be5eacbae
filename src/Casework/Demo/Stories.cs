using MediatR;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Contracts;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.Intakes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Worklist;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Casework.Demo;

/// <summary>The stories, told in order, and as many invented dossiers as asked for.</summary>
internal sealed class Stories(Network.Contracts.ITellPartners partners, TimeProvider clock) : ITellStories
{
    internal static readonly string[] Given = ["Ada", "Bram", "Célia", "Dieter", "Elif", "Fien", "Gaëlle", "Hugo", "Imane", "Joris", "Katja", "Louis", "Märta", "Noor", "Otis", "Paulien", "Quinten", "Rosa", "Simon", "Tess"];

    // Nobody is called so: whoever sees one of these knows that the data are invented.
    private static readonly string[] Family = ["Exemple", "Voorbeeld", "Muster", "Fictif", "Van Verzonnen", "Erfunden", "De Proef", "Démo", "Sample", "L'Inventé", "Oefening", "Beispiel"];

    private static readonly string[] Towns = ["Val-Clair", "Lindeberg", "Hohenau", "Twee Oevers", "Deux-Rives"];

    public async Task<bool> Tell(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        if ((await pipeline.Send(new Mine.Query(Tab.Team, 1), ct)).Total > 0) return false;
        await BurglaryRecontact.Tell(pipeline, clock, language, stand, ct);
        await DeathNotification.Tell(pipeline, clock, language, stand, ct);
        await PartnerViolence.Tell(pipeline, clock, language, stand, ct);
        stand(TimeSpan.FromDays(70));
        await ReferralWithdrawn.Tell(pipeline, clock, language, (await partners.Tell(pipeline, language, ct))[0], stand, ct);
        await ChildWitness.Tell(pipeline, clock, language, stand, ct);
        stand(TimeSpan.Zero);
        return true;
    }

    public async Task TryInVain(IMediator pipeline, Action<TimeSpan> stand, CancellationToken ct)
    {
        const int Tries = 6;
        stand(TimeSpan.FromDays(2)); // over for the night's look at whatever hour the demo starts
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                await pipeline.Send(new ShowView.Query(Guid.CreateVersion7(clock.GetUtcNow())), ct);
            }
            catch (RefusedException)
            {
                // Recorded: that is the story.
            }
        }
        stand(TimeSpan.Zero);
    }

    public async Task KeepApart(IMediator coordinator, IMediator colleague, IMediator worker, IReadOnlyList<Guid> people, string language, Action<TimeSpan> stand, CancellationToken ct)
    {
        await KeptApart.Tell(coordinator, worker, colleague, people, clock, language, stand, ct);
        await CoachAccident.Tell(coordinator, worker, clock, language, stand, ct);
    }

    public async Task HeadLetters(IMediator pipeline, string telephone, string returnLine, CancellationToken ct)
    {
        var head = (await pipeline.Send(new Letters.Templates.Query(), ct)).Form;
        if (head.Version == 0) await pipeline.Send(head with { ServicePhone = telephone, ReturnLine = returnLine }, ct);
    }

    public Task LeaveMessages(IMediator pipeline, string language, Action<TimeSpan> stand, CancellationToken ct) => TwoMessages.Leave(pipeline, language, stand, ct);

    public async Task<Guid?> NameTrainee(IMediator pipeline, Guid trainee, Action<TimeSpan> stand, CancellationToken ct)
    {
        stand(TimeSpan.FromHours(1));
        var named = await TraineesNote.Name(pipeline, trainee, ct);
        stand(TimeSpan.Zero);
        return named;
    }

    public Task WriteAsTrainee(IMediator pipeline, Guid dossier, string language, Action<TimeSpan> stand, CancellationToken ct) => TraineesNote.Write(pipeline, dossier, language, stand, ct);

    public async Task Generate(IMediator pipeline, string language, int dossiers, int seed, Action<TimeSpan> stand, CancellationToken ct)
    {
        var dice = new Random(seed);
        for (var i = 0; i < dossiers; i++)
        {
            stand(TimeSpan.FromMinutes(dice.Next(60, 60 * 24 * 60)));
            var kind = SubKinds.All[dice.Next(SubKinds.All.Count)];
            var now = clock.GetUtcNow();
            var intake = new Register.Command
            {
                Trigger = (Trigger)dice.Next(1, 9), When = now.AddHours(-dice.Next(1, 200)), Municipality = Towns[dice.Next(Towns.Length)], SubKind = kind.Code, GivenName = Given[dice.Next(Given.Length)], FamilyName = Family[dice.Next(Family.Length)],
                Phone = $"0470 {dice.Next(10, 99)} {dice.Next(10, 99)} {dice.Next(10, 99)}", Safe = (Rule)dice.Next(0, 4), Language = dice.Next(4) == 0 ? Languages.All[dice.Next(Languages.All.Count)] : language,
            };
            if (intake.Safe == Rule.OnlyIf) intake = intake with { Condition = Told.In(language, "après 17 h", "na 17 uur", "nach 17 Uhr") };
            var made = await pipeline.Send(intake, ct);
            if (dice.Next(2) == 0) continue;
            var person = (await pipeline.Send(new ShowView.Query(made.Dossier), ct)).People[0].Id;
            await pipeline.Send(new Record.Command
            {
                Dossier = made.Dossier, Persons = [person], Place = (Place)dice.Next(1, 7), At = now, Minutes = dice.Next(1, 9) * 10, Services = [(ServiceKind)dice.Next(1, 8), ServiceKind.Listening], Next = ActKind.CallBack, Due = now.AddDays(dice.Next(1, 20)),
            }, ct);
            if (dice.Next(4) != 0) continue;
            var unknown = (await pipeline.Send(new Close.Query(made.Dossier), ct)).ToDictionary(g => g.Key, _ => (WhyUnknown?)WhyUnknown.DidNotSay);
            await pipeline.Send(new Close.Command { Dossier = made.Dossier, Reason = (ClosingReason)dice.Next(1, 6), Outcome = (Outcome)dice.Next(1, 4), Why = unknown }, ct);
        }
        stand(TimeSpan.Zero);
    }
}

/// <summary>Text of a story in a language of the demo.</summary>
internal static class Told
{
    public static string In(string language, string fr, string nl, string de) => language switch { "nl" => nl, "de" => de, _ => fr };
}
