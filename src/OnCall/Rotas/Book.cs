using FluentValidation;
using FluentValidation.Results;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Swaps;
using VictimSupport.OnCall.Warnings;

namespace VictimSupport.OnCall.Rotas;

/// <summary>The rota of a pool, as it is written: one person at a time in each rank, nobody in both, every change on record. Whoever writes holds the pool's turn, so that two who write at once look at the same rota one after the other.</summary>
internal sealed class Book(CatalogDbContext house, UseCase here, Trail trail, Caller caller, OnTheBell bell, TimeProvider clock)
{
    public Task<List<Shift>> Between(Guid pool, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        house.Set<Shift>().Where(s => s.Pool == pool && s.Removed == null && s.Start < to && s.End > from).OrderBy(s => s.Start).ThenBy(s => s.Rank).ToListAsync(ct);

    /// <summary>What stands against it; null: nothing.</summary>
    /// <param name="but">Those that are changed by the same deed.</param>
    public async Task<Shift?> InTheWay(Guid pool, Shift.What what, IReadOnlyCollection<Guid> but, CancellationToken ct) =>
        (await Between(pool, what.Start, what.End, ct)).Find(s => !but.Contains(s.Id) && (s.Rank == what.Rank || s.Account == what.Account));

    public void Add(Pool pool, Shift shift)
    {
        house.Add(shift);
        Note(pool, shift, Turn.Entered);
    }

    /// <summary>A shift was changed in this use case.</summary>
    public void Note(Pool pool, Shift shift, Turn turn)
    {
        house.Add(ShiftChange.Of(shift, turn, caller.Account, here.InZone.Id, clock.GetUtcNow()));
        pool.Touch();
        trail.Because("rota", here.InZone.Id);
        bell.Forget();
    }

    /// <summary>Whose shifts somebody else has written is told: one word for all that this deed did to them. What somebody did to their own they know.</summary>
    public void Tell(Pool pool, News what, IEnumerable<Shift.What> shifts)
    {
        foreach (var theirs in shifts.Where(s => s.Account != caller.Account).GroupBy(s => (s.Account, s.Employer, s.Rank)))
        {
            var news = ShiftNews.Of(pool.Id, what, [.. theirs], clock.GetUtcNow());
            house.Add(news);
            house.Add(ShiftMail.New(news));
        }
        bell.Forget();
    }

    /// <summary>Requests to swap a shift that is no longer what was asked for come to nothing; both are told, unless they did it.</summary>
    /// <param name="gone">Who no longer works there, and is told nothing; null: nobody.</param>
    public async Task LapseSwaps(Pool pool, Shift shift, Guid? but, CancellationToken ct, Guid? gone = null)
    {
        foreach (var swap in await house.Set<Swap>().Where(s => (s.Shift == shift.Id || s.Return == shift.Id) && s.State == SwapState.Asked && s.Id != but).ToListAsync(ct))
        {
            swap.Lapse(clock.GetUtcNow());
            Shift.What[] both = [shift.Says() with { Account = swap.AskedBy, Employer = swap.EmployerBy }, shift.Says() with { Account = swap.AskedOf, Employer = swap.EmployerOf }];
            Tell(pool, News.Lapsed, both.Where(s => s.Account != gone));
        }
        bell.Forget();
    }

    /// <summary>A zone leaves: the shifts of its people from then on are nobody's.</summary>
    public async Task Release(Pool pool, Guid employer, DateTimeOffset from, CancellationToken ct)
    {
        var theirs = await house.Set<Shift>().Where(s => s.Pool == pool.Id && s.Employer == employer && s.Removed == null && s.Start >= from).ToListAsync(ct);
        foreach (var shift in theirs)
        {
            shift.Remove(clock.GetUtcNow());
            Note(pool, shift, Turn.Left);
            await LapseSwaps(pool, shift, null, ct);
        }
        Tell(pool, News.Removed, theirs.Select(s => s.Says()));
    }

    public static ValidationException Wrong(string field, string said) => new([new ValidationFailure(field, said)]);
}
