using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Events;

/// <summary>One line of the list: put right, joined to the lines of the same person or parted from them, and linked to whom they look for. What is known of one is shown to those who work on the event, never sent to the other.</summary>
[Requires(May.WorkOnEvents)]
internal sealed class Line(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Event { get; set; }
    [BindProperty(SupportsGet = true, Name = "line")] public Guid Id { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Names { get; private set; } = null!;

    /// <summary>As saved now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }
    public IReadOnlyList<Choice> Places => [.. View.Says.Places.Select(p => new Choice(p.Id.ToString(), p.Word))];
    public IReadOnlyList<Choice> Roles => Choice.All<EventRole>(Words.Of);
    public IReadOnlyList<Choice> States => Choice.All<EventState>(Words.Of);
    public IReadOnlyList<Choice> LanguagesOffered => [.. Languages.All.Select(l => new Choice(l, Words.Of("Language_" + l)))];
    public IReadOnlyList<Choice> Relations => [.. new[] { Relation.Seeks, Relation.SoughtBy, Relation.Same }.Select(r => new Choice(r.ToString(), Words.Of(r)))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await Load(ct);
        Form = View.Form;
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        await Load(ct);
        if (View.Form.Version != Form.Version) (Meanwhile, Form) = (View.Form, Form with { Version = View.Form.Version });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Event = Event, Line = Id }, ct);
        TempData["Done"] = Words.EventLineChanged;
        return RedirectToPage("/Casework/Events/Show", new { Event });
    }

    /// <summary>Says how this line stands to another: one of the proposals, or one by its number.</summary>
    public async Task<IActionResult> OnPostRelateAsync(Relation? how, int? number, Guid? other, CancellationToken ct)
    {
        try
        {
            await pipeline.Send(new Relate.Command { Event = Event, Line = Id, How = how, Number = number, Other = other }, ct);
        }
        catch (ValidationException wrong)
        {
            await OnGetAsync(ct);
            foreach (var fault in wrong.Errors) ModelState.AddModelError(fault.PropertyName.ToLowerInvariant(), fault.ErrorMessage);
            Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status422UnprocessableEntity;
            return Page();
        }
        return RedirectToPage(new { Event, line = Id });
    }

    public async Task<IActionResult> OnPostUnrelateAsync(Guid other, CancellationToken ct)
    {
        await pipeline.Send(new Unrelate.Command(Event, Id, other), ct);
        return RedirectToPage(new { Event, line = Id });
    }

    public string NameOf(Guid account) => Names.TryGetValue(account, out var colleague) ? colleague.DisplayName : Words.Nobody;

    private async Task Load(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Event, Id), ct);
        Names = await accounts.Named([View.Row.Line.By, View.Row.Line.ChangedBy], ct);
    }

    /// <param name="Joined">Lines of the same person that stand under this one.</param>
    /// <param name="Under">The line under which this one stands.</param>
    /// <param name="Seeks">Whom they look for.</param>
    /// <param name="SoughtBy">Who looks for them.</param>
    /// <param name="MayBe">Who may be the same.</param>
    /// <param name="MaySeek">Who may be the one they look for.</param>
    /// <param name="MayBeSoughtBy">Who may look for them.</param>
    internal sealed record Answer(EventHead Head, EventSays Says, LineRow Row, Command Form, IReadOnlyList<LineRow> Joined, LineRow? Under, IReadOnlyList<LineRow> Seeks, IReadOnlyList<LineRow> SoughtBy, IReadOnlyList<LineRow> MayBe, IReadOnlyList<LineRow> MaySeek, IReadOnlyList<LineRow> MayBeSoughtBy)
    {
        /// <summary>The number is there to be put right, not to be called.</summary>
        public required bool IsNotToCall { get; init; }
    }

    [Requires(May.WorkOnEvents)]
    internal sealed record Query(Guid Event, Guid Line) : IQuery<Answer>;

    [Requires(May.WorkOnEvents)]
    internal sealed record Command : LineForm, ICommand<bool>
    {
        /// <summary>Of the line when the form was shown.</summary>
        public int Version { get; init; }
        internal Guid Line { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules() => LineRules.Apply(this);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, AtEvent at, Nevers nevers, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var ev = await at.Read(query.Event, ct);
            var (says, lines) = (ev.Says.Value, await at.Lines(ev.Id, ct));
            var line = lines.FirstOrDefault(l => l.Id == query.Line) ?? throw new RefusedException("absent", query.Line);
            var links = await zone.Set<EventLink>().AsNoTracking().Where(l => l.EventId == ev.Id).ToListAsync(ct);
            // Each as it was written, whatever stands under it.
            var own = lines.ToDictionary(l => l.Id, l => new LineRow(l, l.Says!.Value, says.Place(l.Place), []));
            var (likeness, standing) = (new Likeness(lines, links), LineRow.Standing(lines));
            var (stands, seeking) = (standing[line.Id], EventLink.Seeking(links, standing));
            var (same, seek) = (likeness.Same(line.Id).ToList(), likeness.Seek(line.Id).ToList());
            return new Answer(await EventHead.Of(zone, at, ev, clock.GetUtcNow(), ct), says, own[line.Id], FormOf(line), [.. lines.Where(l => l.SameAs == line.Id).Select(l => own[l.Id])], line.SameAs is { } under ? own.GetValueOrDefault(under) : null,
                Rows(seeking.Where(l => l.One == stands).Select(l => l.Other)), Rows(seeking.Where(l => l.Other == stands).Select(l => l.One)),
                Rows(same.Select(p => p.One.Line.Id == line.Id ? p.Other.Line.Id : p.One.Line.Id)), Rows(seek.Where(p => p.One.Line.Id == line.Id).Select(p => p.Other.Line.Id)), Rows(seek.Where(p => p.Other.Line.Id == line.Id).Select(p => p.One.Line.Id)))
            {
                IsNotToCall = (await LineRow.NotToCall(nevers, [own[line.Id]], ct)).Count > 0,
            };

            IReadOnlyList<LineRow> Rows(IEnumerable<Guid> ids) => [.. ids.Where(own.ContainsKey).Select(id => own[id]).OrderBy(r => r.Line.Number)];
        }

        private static Command FormOf(EventLine line)
        {
            var says = line.Says!.Value;
            return new Command
            {
                GivenName = says.GivenName, FamilyName = says.FamilyName, Age = says.AgeText, Phone = says.Phone, Role = line.Role, State = line.State, Place = line.Place, Language = line.Language, Seeks = says.Seeks, SoughtBy = says.SoughtBy, Note = says.Note, Version = line.Version,
            };
        }
    }

    internal sealed class Handler(AtEvent at, Masonry masonry, ZoneDbContext zone, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            await DossierCounter.TakeTurns(zone, clock.GetUtcNow(), ct);
            var (ev, _) = await at.Write(form.Event, 0, ct);
            var line = await at.Line(ev.Id, form.Line, ct);
            if (form.Version != line.Version) throw new ValidationException([new ValidationFailure(nameof(LineForm.GivenName), Words.ChangedMeanwhile)]);
            if (form.Place is not null && form.Place != line.Place && ev.Says.Value.Place(form.Place) is null) throw new ValidationException([new ValidationFailure(nameof(LineForm.Place), Words.EventChoosePlace)]);
            line.Say(form.Says(), form.Role, form.State, form.Place, string.IsNullOrEmpty(form.Language) ? null : form.Language, caller.Self, clock.GetUtcNow());
            await masonry.Meets(line, ct);
            return true;
        }
    }
}
