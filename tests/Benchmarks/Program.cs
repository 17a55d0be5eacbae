using System.Globalization;
using VictimSupport.Benchmarks;
using VictimSupport.Benchmarks.Reference;

// The measuring commands of the project. None of them is part of the test suite; docs/performance.md says what they printed.
var options = args.Skip(1).Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0].TrimStart('-'), pair => pair[1], StringComparer.Ordinal);
string Option(string name, string otherwise) => options.GetValueOrDefault(name, otherwise);
int Number(string name, int otherwise) => int.Parse(Option(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

switch (args.FirstOrDefault())
{
    case "reference":
        var server = Option("server", "");
        var where = new Where(Option("folder", ""), server.Length == 0 ? null : server, Option("prefix", "bench"), Product.Zone, Path.Combine(Option("folder", ""), "keys", "master.key"));
        await ReferenceApp.Run(where, Number("port", 5090), Guid.Parse(Option("session", "")), Guid.Parse(Option("account", "")), Guid.Parse(Option("template", "")));
        return 0;
    case "raw-writes":
        await SlowFlush.Raw(Option("file", ""));
        return 0;
    case "speed":
        await Published.With(Option("published", ""), async (program, reference, folder) => await new Speed(program, reference, folder, Number("rounds", 5), Number("warm", 20), Option("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries)).Run(Option("engines", "sqlite,postgresql").Split(',')));
        return 0;
    case "search":
        return await Beside((program, reference, folder) => new Searching(program, reference, folder, Number("people", 100_000), Number("rounds", 5), Number("warm", 20)).Run(Option("engines", "sqlite,postgresql").Split(',')));
    case "zones":
        return await Kept((program, folder) => new ManyZones(program, folder, [.. Option("sizes", "10,180,2000,10000").Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))], Number("rounds", 3), Option("idle", "yes") == "yes").Run());
    case "noisy":
        return await Kept((program, folder) => new NoisyZone(program, folder, Number("rounds", 5), Number("seconds", 20)).Run(Option("engines", "sqlite,postgresql").Split(',')));
    case "reminders":
        return await Kept((program, folder) => new Reminding(program, folder, Number("zones", 10_000), Number("each", 10), Number("minutes", 15)).Run());
    case "release-night":
        return await Kept((program, folder) => new ReleaseNight(program, folder, Number("facts", 5_000_000), Number("zones", 180), Number("rounds", 3), Number("yearly", 100)).Run());
    case "weight":
        return await Kept((program, folder) => new Weight(program, folder).Run());
    case "public-load":
        return await Beside((program, reference, folder) => new PublicLoad(program, reference, folder, Number("rounds", 5), Number("seconds", 10)).Run());
    case "profile":
        await Published.With(Option("published", ""), async (program, _, folder) => await new Profile(program, folder, Option("work", "B1"), Number("seconds", 20)).Run(Option("engine", "sqlite")));
        return 0;
    case "kill":
        return await Judged((program, folder) => new Kills(program, folder, Option("engine", "sqlite"), Option("target", "application"), Number("times", Option("target", "") == "database" ? 20 : 200)).Run());
    case "effects":
        return await Judged((program, folder) => new Effects(program, folder, Option("engine", "sqlite"), Number("tries", 10_000), Number("times", 200)).Run());
    case "drafts":
        return await Judged((program, folder) => new DraftKills(program, folder, Option("engine", "sqlite"), Number("times", 200)).Run());
    case "handover-kills":
        return await Judged((program, folder) => new HandoverKills(program, folder, Option("engine", "sqlite"), Number("tries", 200), Number("times", 50)).Run());
    case "outage":
        return await Judged((program, folder) => new Outage(program, folder, Number("seconds", 30)).Run());
    case "fulldisk":
        return await Judged((program, folder) => new FullDisk(program, folder, Option("engine", "sqlite")).Run());
    case "chain":
        return await Kept((program, folder) => new Mutations(program, folder, Number("mutations", 1000), Number("rows", 10_000_000)).Run(Option("engines", "sqlite,postgresql").Split(',')));
    case "numbering":
        return await Kept((program, folder) => new Numbering(program, folder, Number("each", 1000)).Run(Option("engine", "sqlite")));
    case "bleed":
        return await Kept((program, folder) => new Bleed(program, folder, Number("each", 10_000)).Run(Option("engine", "sqlite")));
    case "soak":
        return await Kept((program, folder) => new Soak(program, folder, Number("minutes", 20), Number("rate", 25)).Run(Option("engine", "postgresql")));
    default:
        Console.Error.WriteLine("""
            dotnet run -c Release --project tests/Benchmarks -- <command>
              speed [--engines sqlite,postgresql] [--rounds 5] [--warm 20] [--only B1,B18] [--published FOLDER]   B1, B2, B3, B6, B8, B9, B10, B18 beside the reference application
              search [--engines sqlite,postgresql] [--people 100000] [--rounds 5]   B4: a name in a zone of a hundred thousand people, beside names in clear text
              zones [--sizes 10,180,2000,10000] [--rounds 3] [--idle yes|no]       B7: the worklist among ten zones and among ten thousand; memory of an active and of an idle zone
              reminders [--zones 10000] [--each 10] [--minutes 15]                  B13: a hundred thousand next acts due in one minute, beside a sweep by hand
              noisy [--engines sqlite,postgresql] [--rounds 5] [--seconds 20]       B14: how long a page of one zone takes while another zone is flooded
              release-night [--facts 5000000] [--zones 180] [--rounds 3] [--yearly 100]   B11: the whole programme of figures, beside columns by hand and DuckDB; a release over zones of SQLite
              weight                                                                B17: what a public page and a portal page weigh cold
              public-load [--rounds 5] [--seconds 10]                               a public page under 64 connections (wrk, where it is installed) beside a static page by hand
              profile [--engine sqlite] [--work B1|B2|B3|B4] [--seconds 20]   one workload for a profiler to look on
              kill [--engine sqlite|postgresql] [--times 200] [--target application|database]   R1: kill -9 under load, again and again
              effects [--engine sqlite|postgresql] [--tries 10000] [--times 200]   R5: kill -9 while reminders leave; one effect per key
              drafts [--engine sqlite|postgresql] [--times 200]   kill -9 while forms save themselves; what was answered is there
              handover-kills [--engine sqlite|postgresql] [--tries 200] [--times 50]   kill -9 while dossiers go to another zone; each is one there in the end
              outage [--seconds 30]   R3: PostgreSQL stopped, killed, frozen under load
              fulldisk [--engine sqlite|postgresql]   R3: the data on a disk that is filled up under load (as root: a tmpfs)
            Each takes --published <folder>: where the program lies published already, or is kept.
              chain [--engines …] [--mutations 1000] [--rows 10000000]   R9: every mutation of an audit chain found; ten million records verified
              numbering --engine sqlite|postgresql [--each 1000]         R4: 64 clients register at once; no number twice, no count lost
              bleed --engine sqlite|postgresql [--each 10000]            R8: two zones side by side; nothing of one reaches the other
              soak [--engine postgresql] [--minutes 20] [--rate 25]      memory, handles and answers over time
            """);
        return 2;
}

// Exit 1 where a promise was broken.
async Task<int> Judged(Func<string, string, Task<IReadOnlyList<string>>> work)
{
    IReadOnlyList<string> broken = [];
    await Published.With(Option("published", ""), async (program, _, folder) => broken = await work(program, folder));
    foreach (var promise in broken.Take(40)) Console.WriteLine("BROKEN: " + promise);
    Console.WriteLine(broken.Count == 0 ? "Every promise was kept." : $"{broken.Count} broken.");
    return broken.Count == 0 ? 0 : 1;
}

Task<int> Kept(Func<string, string, Task<bool>> work) => Beside((program, _, folder) => work(program, folder));

async Task<int> Beside(Func<string, string, string, Task<bool>> work)
{
    var kept = false;
    await Published.With(Option("published", ""), async (program, reference, folder) => kept = await work(program, reference, folder));
    Console.WriteLine(kept ? "Every promise kept." : "A PROMISE IS BROKEN.");
    return kept ? 0 : 1;
}
