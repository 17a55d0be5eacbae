using System.CommandLine;
using System.Globalization;
using VictimSupport.Casework.Contracts;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Zones;
using VictimSupport.OnCall.Contracts;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Portal.CommandLine;

internal static class DemoVerbs
{
    private const int StoryZones = 4, MostZones = 100;

    /// <summary>The zone in which restricted, sealed and walled dossiers can be seen, or not.</summary>
    private const string KeptApartIn = "9901";

    public static Command Verb(Verbs verbs)
    {
        var zones = new Option<int>("--zones") { DefaultValueFactory = _ => StoryZones, Description = "How many zones: the four story zones 9901 to 9904 first, then 9805 and on." };
        var dossiers = new Option<int>("--dossiers") { DefaultValueFactory = _ => 50, Description = "How many invented dossiers in each zone." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "The same seed and date give the same people and facts." };
        var asOf = new Option<string?>("--as-of") { Description = "The day on which the data end, such as 2026-11-24; today without it." };
        var command = new Command("seed", "Fills fictitious zones. For machines without real people only; zones that have dossiers get the invented ones added.") { zones, dossiers, seed, asOf };
        command.Validators.Add(result =>
        {
            if (result.GetValue(zones) is < 1 or > MostZones) result.AddError($"--zones: from 1 to {MostZones}.");
            if (result.GetValue(dossiers) is < 0 or > 100_000) result.AddError("--dossiers: from 0 to 100000.");
            if (result.GetValue(asOf) is { } day && !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) result.AddError("--as-of: a day such as 2026-11-24.");
        });
        command.SetAction((parsed, ct) =>
        {
            var clock = new StoryClock(parsed.GetValue(asOf) is { } day ? new DateTimeOffset(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToDateTime(new TimeOnly(20, 0)), TimeSpan.Zero) : TimeProvider.System.GetUtcNow());
            return verbs.Run(parsed, async (services, output) =>
            {
                foreach (var zone in (await services.GetRequiredService<IMakeStoryZones>().Make(parsed.GetValue(zones), ct)).Take(parsed.GetValue(zones)))
                {
                    await Fill(services, zone, clock, parsed.GetValue(dossiers), parsed.GetValue(seed), ct);
                    await output.WriteLineAsync($"{zone.Code}\t{parsed.GetValue(dossiers)} dossiers");
                }
                clock.Stand(TimeSpan.Zero); // a rota lies around today
                await services.GetRequiredService<ITellRota>().Tell(ct);
                return Verbs.Good;
            }, ct, clock);
        });
        return new Command("demo", "Fictitious data.") { command };
    }

    /// <summary>The story zones with their people and stories, in a program of its own whose clock can stand in the past. May be repeated; a run that was killed is finished by the next.</summary>
    public static async Task SeedStories(IReadOnlyList<IModule> modules, string[] args, CancellationToken ct)
    {
        var clock = new StoryClock(TimeProvider.System.GetUtcNow());
        await Verbs.Prepared(modules, args, clock, async services =>
        {
            foreach (var zone in await services.GetRequiredService<IMakeStoryZones>().Make(StoryZones, ct)) await Fill(services, zone, clock, 0, 1, ct);
            clock.Stand(TimeSpan.Zero); // a rota lies around today
            await services.GetRequiredService<ITellRota>().Tell(ct);
            return Verbs.Good;
        }, ct);
    }

    private static async Task Fill(IServiceProvider services, StoryZone zone, StoryClock clock, int dossiers, int seed, CancellationToken ct)
    {
        var stories = services.GetRequiredService<ITellStories>();
        var enter = services.GetRequiredService<EnterZone>();
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(zone.Language + "-BE");
        var teller = zone.Caseworkers[^1];
        var told = false;
        await enter.In(zone.Code, async pipeline => told = await stories.Tell(pipeline, zone.Language, clock.Stand, ct), As(teller, Role.Caseworker));
        if (told) await enter.In(zone.Code, pipeline => stories.TryInVain(pipeline, clock.Stand, ct), As(zone.Caseworkers[1], Role.Caseworker));
        if (zone.Code == KeptApartIn)
        {
            await enter.In(zone.Code, coordinator => enter.In(zone.Code, colleague => enter.In(zone.Code, worker =>
                stories.KeepApart(coordinator, colleague, worker, zone.Caseworkers, zone.Language, clock.Stand, ct), As(zone.Caseworkers[2], Role.Caseworker)), As(zone.Caseworkers[1], Role.Caseworker)), As(zone.Caseworkers[0], Role.Coordinator));
        }
        await enter.In(zone.Code, pipeline => stories.LeaveMessages(pipeline, zone.Language, clock.Stand, ct), As(zone.FrontDesk, Role.FrontDesk));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<PublicDesk.Contracts.ITellRequests>().Leave(pipeline, zone.Language, clock.Stand, ct), Caller.Nobody);
        Guid? named = null;
        await enter.In(zone.Code, async pipeline => named = await stories.NameTrainee(pipeline, zone.Trainee, clock.Stand, ct), As(zone.Caseworkers[0], Role.Coordinator));
        if (named is { } dossier) await enter.In(zone.Code, pipeline => stories.WriteAsTrainee(pipeline, dossier, zone.Language, clock.Stand, ct), As(zone.Trainee, Role.Trainee));
        clock.Stand(TimeSpan.Zero); // numbers are checked today
        IReadOnlyList<Guid> trained = [];
        await enter.In(zone.Code, async pipeline => trained = await services.GetRequiredService<Network.Contracts.ITellTrainings>().Tell(pipeline, zone.Language, ct), As(zone.Caseworkers[0], Role.Coordinator));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<Network.Contracts.ITellTrainings>().Evaluate(pipeline, trained, zone.Language, ct));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<IMakePublicPages>().Make(pipeline, zone.Code, zone.Language, ct), As(zone.Caseworkers[0], Role.Coordinator));
        await enter.In(zone.Code, pipeline => stories.HeadLetters(pipeline, $"081 00 {zone.Code[..2]} {zone.Code[2..]}", $"Postbus 1, {zone.Code}", ct), As(zone.Caseworkers[0], Role.Coordinator));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<Network.Contracts.ITellBodies>().Tell(pipeline, zone.Language, zone.Caseworkers, ct), As(zone.Caseworkers[0], Role.Coordinator));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<Statistics.Contracts.ITellReport>().Tell(pipeline, zone.Language, ct), As(zone.Caseworkers[0], Role.Coordinator));
        await enter.In(zone.Code, pipeline => services.GetRequiredService<Statistics.Contracts.ITellReport>().AskToLook(pipeline, ct));
        if (dossiers > 0) await enter.In(zone.Code, pipeline => stories.Generate(pipeline, zone.Language, dossiers, seed, clock.Stand, ct), As(teller, Role.Caseworker));
        CultureInfo.CurrentUICulture = before;

        static Caller As(Guid person, Role role) => new(person, null, new HashSet<Role> { role }) { LastFactor = DateTimeOffset.MaxValue };
    }
}

/// <summary>A clock that stands where the story is.</summary>
internal sealed class StoryClock(DateTimeOffset now) : TimeProvider
{
    private readonly DateTimeOffset end = now;
    private TimeSpan ago;

    public void Stand(TimeSpan before) => ago = before;
    public override DateTimeOffset GetUtcNow() => end - ago;
}
