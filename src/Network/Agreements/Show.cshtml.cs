using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Papers;
using VictimSupport.Network.Partners;

namespace VictimSupport.Network.Agreements;

/// <summary>One agreement: with whom, for what, every period it was made for, the signed papers.</summary>
[Requires(May.SeePartners)]
internal sealed class Show(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Agreement { get; set; }
    public Answer View { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepPartners);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Agreement), ct);

    public async Task<IActionResult> OnPostTakeOutAsync(Guid file, CancellationToken ct)
    {
        await pipeline.Send(new TakeOut(Agreement, file), ct);
        TempData["Done"] = Words.AgreementFileTakenOut;
        return RedirectToPage(new { Agreement });
    }

    /// <param name="Periods">The latest first.</param>
    /// <param name="MayRenew">It is signed, has an end and was not ended before its time.</param>
    internal sealed record Answer(AgreementRow Row, string? Purpose, int NoticeMonths, DateTimeOffset? NextReminder, DateOnly? Stopped, IReadOnlyList<AgreementPeriod> Periods, bool MayRenew, IReadOnlyList<PaperRow> Files);

    [Requires(May.SeePartners)]
    internal sealed record Query(Guid Agreement) : IQuery<Answer>;

    [Requires(May.KeepPartners)]
    internal sealed record TakeOut(Guid Agreement, Guid File) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Cabinet cabinet, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<TakeOut, bool>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var (agreement, periods) = await One.Of(zone, query.Agreement, ct);
            return new Answer(AgreementRow.Of(agreement, periods, await PartnerNames.Of(zone, ct), Moment.Day(clock.GetUtcNow())), agreement.Purpose, agreement.NoticeMonths, agreement.NextReminder, agreement.Stopped,
                [.. periods.OrderByDescending(p => p.From)], One.MayRenew(agreement, periods), await cabinet.Of(agreement.Id, ct));
        }

        public async Task<bool> Handle(TakeOut command, CancellationToken ct)
        {
            await cabinet.TakeOut<Agreement>(command.Agreement, command.File, ct);
            return true;
        }
    }
}

/// <summary>One agreement with its periods.</summary>
internal static class One
{
    /// <summary>Both are followed: what changes in them is saved.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static async Task<(Agreement Agreement, List<AgreementPeriod> Periods)> Of(ZoneDbContext zone, Guid id, CancellationToken ct) =>
        (await zone.Set<Agreement>().SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw new RefusedException("absent", id), await zone.Set<AgreementPeriod>().Where(p => p.AgreementId == id).OrderBy(p => p.From).ToListAsync(ct));

    /// <summary>Signed, with an end, and not ended before its time.</summary>
    public static bool MayRenew(Agreement agreement, IReadOnlyList<AgreementPeriod> periods) => agreement.Stopped is null && periods.Count > 0 && periods.All(p => p.Signed is not null) && periods[^1].Until is not null;
}
