using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.OnCall.Pools;
using VictimSupport.OnCall.Rotas;

namespace VictimSupport.OnCall.Now;

/// <summary>Who is on call now, in one look; what the one before left to the next; where nobody is on duty soon.</summary>
[Requires(May.SeeWhoIsOnCall)]
internal sealed class Show(IMediator pipeline, WhereAndWho who) : PageModel, IShowAgain
{
    [BindProperty] public Command Form { get; set; } = new();
    public View Now { get; private set; } = null!;
    public bool MayKeep => who.Caller.May(May.KeepRota);
    public bool MayTake => who.Caller.May(May.TakeShifts);

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);
    public async Task ShowAgain(CancellationToken ct) => Now = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.NoteLeft;
        return RedirectToPage();
    }

    /// <param name="Mine">The shift of the reader's in this pool that runs or has just ended: a note may be left for it.</param>
    internal sealed record Row(OnDuty Now, string? Duty, string? BackUp, string? Next, IReadOnlyList<Span> Gaps, Shift? Mine, IReadOnlyList<NoteRow> Notes);
    internal sealed record NoteRow(string Said, string By, DateTimeOffset At, DateTimeOffset Ends);
    internal sealed record View(IReadOnlyList<Row> Rows, IReadOnlyList<Pool> Coming);

    [Requires(May.SeeWhoIsOnCall)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.TakeShifts)]
    internal sealed record Command : ICatalogCommand<Guid>
    {
        public string? Note { get; init; }
        public Guid Shift { get; init; }

        // What somebody typed stands in no log.
        public override string ToString() => "•••";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => RuleFor(c => c.Note).NotEmpty().WithMessage(_ => Words.EnterNote).MaximumLength(HandoverNote.Longest).WithMessage(_ => Words.TooLong);
    }

    internal sealed class QueryHandler(CatalogDbContext house, OurPools pools, Staff staff, HouseSeal seal, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (now, all) = (clock.GetUtcNow(), await pools.All(ct));
            var duties = await OnDuty.At(house, all, now, ct);
            var ids = duties.Select(d => d.Pool.Id).ToList();
            var (to, since) = (now.AddDays(Cover.DaysShown), now.AddHours(-HandoverNote.HoursToWrite));
            var shifts = await house.Set<Shift>().AsNoTracking().Where(s => ids.Contains(s.Pool) && s.Removed == null && s.Rank == Rank.Duty && s.Start < to && s.End > since).OrderBy(s => s.Start).ToListAsync(ct);
            var takes = caller.May(May.TakeShifts);
            var notes = takes ? await house.Set<HandoverNote>().AsNoTracking().Where(n => ids.Contains(n.Pool) && n.Ends > now).OrderByDescending(n => n.At).Take(20).ToListAsync(ct) : [];
            var names = await staff.Names(duties.SelectMany(d => new[] { d.Duty, d.BackUp, d.Next }).OfType<Shift>().Select(s => s.Account).Concat(notes.Select(n => n.By)), ct);
            return new View([.. duties.Select(d => new Row(d, Name(d.Duty), Name(d.BackUp), Name(d.Next), Cover.Gaps(d.Pool, shifts.Where(s => s.Pool == d.Pool.Id), now, to),
                takes ? shifts.FindLast(s => s.Pool == d.Pool.Id && s.Account == caller.Account && s.Start <= now) : null,
                [.. notes.Where(n => n.Pool == d.Pool.Id).Select(n => new NoteRow(n.Read(seal), names(n.By), n.At, n.Ends))]))], [.. all.Where(p => p.Begins > now)]);

            string? Name(Shift? shift) => shift is null ? null : names(shift.Account);
        }
    }

    internal sealed class Handler(CatalogDbContext house, OurPools pools, HouseSeal seal, UseCase here, Trail trail, Caller caller, TimeProvider clock) : IRequestHandler<Command, Guid>
    {
        public async Task<Guid> Handle(Command form, CancellationToken ct)
        {
            var (now, self) = (clock.GetUtcNow(), caller.Self);
            var since = now.AddHours(-HandoverNote.HoursToWrite);
            var shift = await house.Set<Shift>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == form.Shift && s.Account == self && s.Removed == null && s.Rank == Rank.Duty && s.Start <= now && s.End > since, ct) ?? throw new RefusedException("absent", form.Shift);
            await pools.Get(shift.Pool, ct);
            var next = await house.Set<Shift>().AsNoTracking().Where(s => s.Pool == shift.Pool && s.Removed == null && s.Rank == Rank.Duty && s.Start >= shift.End).OrderBy(s => s.Start).FirstOrDefaultAsync(ct);
            trail.Because("handover-note", here.InZone.Id);
            // One for a shift: what is written again takes the place of what was.
            if (await house.Set<HandoverNote>().SingleOrDefaultAsync(n => n.Shift == shift.Id, ct) is { } known)
            {
                known.Say(shift, next, form.Note!, seal, now);
                return known.Id;
            }
            var note = HandoverNote.Leave(shift, next, form.Note!, seal, now);
            house.Add(note);
            return note.Id;
        }
    }
}
