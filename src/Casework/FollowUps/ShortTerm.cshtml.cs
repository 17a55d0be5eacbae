using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Casework.FollowUps;

/// <summary>The short-term rule: a dossier that is open for longer than the zone's weeks is proposed for closing or referral, until somebody says why it stays open and for how long.</summary>
[Requires(May.CloseAndHandOver)]
internal sealed class ShortTerm(IMediator pipeline) : PageModel, IShowAgain
{
    private static readonly int[] Offered = [2, 4, 8, 12];

    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    [BindProperty(Name = FormTag.Once)] public Guid Once { get; set; }
    public IReadOnlyList<Choice> Choices => [.. Offered.Select(w => new Choice(w.ToString(CultureInfo.InvariantCulture), Words.WeeksCount(w)))];

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public Task ShowAgain(CancellationToken ct) => pipeline.Send(new Query(Dossier), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Once = Once }, ct);
        TempData["Done"] = Words.Noted;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <summary>Is it time to close or refer?</summary>
    public static bool IsOver(Dossier dossier, ZoneSettings rules, DateTimeOffset now) => dossier.IsOpen && dossier.Opened + rules.ShortTerm <= now && (dossier.PutOffUntil is not { } until || until <= now);

    [Requires(May.CloseAndHandOver)]
    internal sealed record Query(Guid Dossier) : IQuery<bool>;

    [Requires(May.CloseAndHandOver)]
    internal sealed record Command : ICommand<bool>
    {
        public int? Weeks { get; init; }
        public string Reason { get; init; } = "";
        internal Guid Dossier { get; init; }
        internal Guid Once { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Weeks).Must(w => w is { } weeks && Offered.Contains(weeks)).WithMessage(_ => Words.PutOffWeeks);
            RuleFor(c => c.Reason).Must(r => !string.IsNullOrWhiteSpace(r)).WithMessage(_ => Words.EnterReason).MaximumLength(1000).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Query, bool>, IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            await guard.MustOwn(dossier, ct);
            return dossier.IsOpen;
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            await guard.MustOwn(dossier, ct);
            if (form.Once != default && await zone.Set<Submission>().AnyAsync(s => s.Id == form.Once, ct)) return false;
            if (!dossier.IsOpen) throw new RefusedException("closed", dossier.Id);
            dossier.PutOff(now.AddDays(7 * form.Weeks!.Value));
            var persons = dossier.Lead is { } lead ? [lead] : await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).Select(p => p.Id).ToListAsync(ct);
            var note = Note.Write(dossier.Id, persons, Layer.Assistance, form.Reason.Trim(), caller.Self, now);
            zone.AddRange(note, Milestone.Reached(dossier.Id, MilestoneKind.PutOff, caller.Self, now, code: form.Weeks));
            if (form.Once != default) zone.Add(new Submission { Id = form.Once, Made = note.Id });
            return true;
        }
    }
}
