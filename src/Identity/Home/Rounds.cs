using Microsoft.Extensions.Logging;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Zones;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;

namespace VictimSupport.Identity.Home;

/// <summary>How somebody stands before a place.</summary>
internal enum Doorway
{
    /// <summary>The way is free.</summary>
    Open,

    /// <summary>It takes another sign-in, or a factor shown just now.</summary>
    SignInAgain,

    /// <summary>Something is to be done first, such as reading the code of conduct.</summary>
    SomethingFirst,

    /// <summary>The zone did not answer, or not in time.</summary>
    OutOfReach,
}

/// <summary>A place, how one stands before it, and what waits there.</summary>
internal sealed record Doorstep(Place Place, Doorway Way, IReadOnlyList<HomeLine> Lines);

/// <summary>Asks each of a person's zones what waits there for them: one question a zone, in that zone, as that person, after the checks that its door makes. The zones are asked side by side,
/// each with a time of its own, so that one that is slow, broken or closed says so for itself and keeps nobody waiting for the others.</summary>
internal sealed partial class Rounds(EnterZone enter, IKnowStanding standing, IKnowPlaces places, HomeRule home, IEnumerable<IStandAtTheDoor> doors, ILogger<Rounds> log)
{
    /// <summary>How long one zone is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int AtOnce = 8;

    /// <param name="caller">Who stands at home: an account with its session.</param>
    /// <returns>The places in their order.</returns>
    public async Task<IReadOnlyList<Doorstep>> Of(IReadOnlyList<Place> mine, Caller caller, CancellationToken ct)
    {
        if (caller is not { Account: { } account, Session: { } session }) return [.. mine.Select(p => new Doorstep(p, Doorway.Open, []))];
        // Whoever has a desk on the platform too, and entered nowhere yet, stands on no side: a figure seen here would be a zone's role used in a session that may become the platform's.
        var counts = mine.All(p => p.Code is not null) || await places.IsOnPlatform(session, ct) == false;
        using var seats = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(mine.Select(async place =>
        {
            if (place.Code is null || !counts) return new Doorstep(place, Doorway.Open, []);
            await seats.WaitAsync(ct);
            try
            {
                return await Knock(place, place.Code, account, session, ct);
            }
            finally
            {
                seats.Release();
            }
        }));
    }

    private async Task<Doorstep> Knock(Place place, string code, Guid account, Guid session, CancellationToken ct)
    {
        var zone = Guid.ParseExact(place.Key, "N");
        if (!await home.Opens(account, session, place.Key, ct)) return new Doorstep(place, Doorway.SignInAgain, []);
        if (await standing.Of(account, session, zone, quiet: true, ct) is not { Roles.Count: > 0 } here) return new Doorstep(place, Doorway.SignInAgain, []);
        foreach (var door in doors)
            if (await door.First(zone, account, sends: false, ct) is not null) return new Doorstep(place, Doorway.SomethingFirst, []);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // On a thread of its own: an embedded database answers on the asker's, and would keep the others waiting.
        var asked = Task.Run(() => Ask(code, here, limit.Token), CancellationToken.None);
        try
        {
            return await asked.WaitAsync(Patience, ct) is { } lines ? new Doorstep(place, Doorway.Open, lines) : new Doorstep(place, Doorway.OutOfReach, []);
        }
        catch (StaleFactorException)
        {
            return new Doorstep(place, Doorway.SignInAgain, []);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            NotReached(code, e.GetType().Name);
            return new Doorstep(place, Doorway.OutOfReach, []);
        }
        finally
        {
            if (!asked.IsCompleted)
            {
                // It is given up, and ends by itself: its scope is its own.
                _ = limit.CancelAsync();
                _ = asked.ContinueWith(late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    // null: the zone has been closed meanwhile.
    private async Task<IReadOnlyList<HomeLine>?> Ask(string code, Caller here, CancellationToken ct)
    {
        IReadOnlyList<HomeLine> lines = [];
        return await enter.In(code, async pipeline => lines = (await pipeline.Send(new Waits.Query(), ct))?.Lines ?? [], here) ? lines : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {code} was not reached from a home ({error})")]
    private partial void NotReached(string code, string error);
}
