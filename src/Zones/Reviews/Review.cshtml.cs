using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Staff;

namespace VictimSupport.Zones.Reviews;

/// <summary>The access review of a quarter: one row a person, keep or remove, all answered, then signed. Removing ends every role here.</summary>
[Requires(May.ReviewAccess)]
internal sealed class Review(IMediator pipeline, IAccounts accounts, Standing standing, WhereAndWho who) : PageModel, IShowAgain
{
    public const string Keep = "keep", Remove = "remove";

    [BindProperty] public Command Form { get; set; } = new();
    public View What { get; private set; } = null!;
    public IReadOnlyDictionary<Guid, Colleague> Signers { get; private set; } = new Dictionary<Guid, Colleague>();

    public IReadOnlyList<Choice> Answers(Member person) => person.Account == who.Caller.Account ? [new(Keep, Words.Keep)] : [new(Keep, Words.Keep), new(Remove, Words.Remove)];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ShowAgain(ct);
        Form = new Command { Answers = [.. What.People.Select(p => new Answer { Account = p.Account, Decision = What.Answered.TryGetValue(p.Account, out var keep) ? keep ? Keep : Remove : null })] };
    }

    public async Task ShowAgain(CancellationToken ct)
    {
        What = await pipeline.Send(new Query(), ct);
        Signers = await accounts.Named(What.History.Select(h => h.SignedBy).OfType<Guid>(), ct);
        // What was typed stays with the person it was typed for, whoever came or left meanwhile.
        var typed = Form.Answers.GroupBy(a => a.Account).ToDictionary(g => g.Key, g => g.Last().Decision);
        Form = Form with { Answers = [.. What.People.Select(p => new Answer { Account = p.Account, Decision = typed.GetValueOrDefault(p.Account) })] };
    }

    /// <summary>Keeps what is answered so far.</summary>
    public async Task<IActionResult> OnPostSaveAsync(CancellationToken ct)
    {
        await pipeline.Send(new SaveCommand(Form.Answers), ct);
        TempData["Done"] = Words.ReviewSaved;
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        standing.ForgetAll();
        // At once where the signer may; else, as after a kill, the zone's job lets go of their dossiers.
        foreach (var gone in Form.Answers.Where(a => a.Decision == Remove && who.Caller.May(May.BringStaffIn))) await pipeline.Send(new Leave.ReleaseCommand { Account = gone.Account }, ct);
        TempData["Done"] = Words.ReviewSigned;
        return RedirectToPage();
    }

    internal sealed record Answer
    {
        public Guid Account { get; init; }
        public string? Decision { get; init; }

        /// <summary>The roles that stood beside it when it was decided.</summary>
        public string? Roles { get; init; }
    }

    /// <param name="Owed">null: nothing is due.</param>
    /// <param name="Visits">Colleagues of other zones who could come in at some moment since the quarter began: nothing to decide on, a visit ends by itself.</param>
    internal sealed record View(Quarter? Owed, IReadOnlyList<Visitor> Visits, bool MaySign, IReadOnlyList<Member> People, IReadOnlyDictionary<Guid, bool> Answered, IReadOnlyList<AccessReview> History);

    [Requires(May.ReviewAccess)]
    internal sealed record Query : ICatalogQuery<View>;

    [Requires(May.ReviewAccess)]
    internal sealed record SaveCommand(IReadOnlyList<Answer> Answers) : ICatalogCommand<bool>;

    [Requires(May.ReviewAccess), FreshFactor]
    internal sealed record Command : ICatalogCommand<bool>, ISensitive
    {
        public List<Answer> Answers { get; init; } = [];
    }

    internal sealed class QueryHandler(CatalogDbContext house, UseCase here, Desk desk, Caller caller, TimeProvider clock) : IRequestHandler<Query, View>
    {
        public async Task<View> Handle(Query query, CancellationToken ct)
        {
            var (zone, owed) = (here.InZone.Id, await desk.Owed(ct));
            var reviews = await house.Set<AccessReview>().AsNoTracking().Where(r => r.Zone == zone).OrderByDescending(r => r.Quarter).ToListAsync(ct);
            var history = reviews.Where(r => r.Signed is not null).ToList();
            if (owed is not { } quarter) return new View(null, await desk.Visits(Quarter.Of(Design.Html.Moment.Day(clock.GetUtcNow())), ct), false, [], new Dictionary<Guid, bool>(), history);
            var begun = reviews.FirstOrDefault(r => r.Quarter == quarter.ToString())?.Id;
            var answered = await house.Set<AccessReviewRow>().AsNoTracking().Where(r => r.Review == begun && r.Keep != null).ToDictionaryAsync(r => r.Account, r => r.Keep!.Value, ct);
            return new View(quarter, await desk.Visits(quarter, ct), await desk.MaySign(caller.Self, ct), await desk.People(quarter, ct), answered, history);
        }
    }

    internal sealed class SaveHandler(CatalogDbContext house, UseCase here, Desk desk, TimeProvider clock) : IRequestHandler<SaveCommand, bool>
    {
        public async Task<bool> Handle(SaveCommand command, CancellationToken ct)
        {
            var quarter = await desk.Owed(ct) ?? throw new RefusedException("absent");
            await Write(house, here.InZone.Id, quarter, await desk.People(quarter, ct), command.Answers, clock.GetUtcNow(), ct);
            return true;
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Desk desk, Ending ending, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var (quarter, now) = (await desk.Owed(ct) ?? throw new RefusedException("absent"), clock.GetUtcNow());
            if (!await desk.MaySign(caller.Self, ct)) throw new RefusedException("signer");
            var people = await desk.People(quarter, ct);
            var answers = form.Answers.GroupBy(a => a.Account).ToDictionary(g => g.Key, g => g.Last().Decision);
            var open = people.Select((p, i) => (Person: p, Index: i)).Where(p => answers.GetValueOrDefault(p.Person.Account) is not (Keep or Remove)).ToList();
            if (open.Count > 0) throw new ValidationException([.. open.Select(o => new ValidationFailure($"Answers[{o.Index}].Decision", Words.AnswerFor(o.Person.Name)))]);
            // Nobody signs for a role that was not on the page.
            var seen = form.Answers.GroupBy(a => a.Account).ToDictionary(g => g.Key, g => g.Last().Roles);
            var unseen = people.Select((p, i) => (Person: p, Index: i)).Where(p => seen[p.Person.Account] != p.Person.Codes).ToList();
            if (unseen.Count > 0) throw new ValidationException([.. unseen.Select(o => new ValidationFailure($"Answers[{o.Index}].Decision", Words.RolesChangedSince(o.Person.Name)))]);
            var review = await Write(house, here.InZone.Id, quarter, people, form.Answers, now, ct);
            foreach (var person in people.Where(p => answers[p.Account] == Remove)) await ending.All(house, here.InZone.Id, person.Account, caller.Self, ct);
            review.Sign(caller.Self, now);
            return true;
        }
    }

    private static async Task<AccessReview> Write(CatalogDbContext house, Guid zone, Quarter quarter, IReadOnlyList<Member> people, IReadOnlyList<Answer> answers, DateTimeOffset now, CancellationToken ct)
    {
        var name = quarter.ToString();
        var review = await house.Set<AccessReview>().SingleOrDefaultAsync(r => r.Zone == zone && r.Quarter == name, ct);
        if (review is null) house.Add(review = AccessReview.Begin(zone, quarter, now));
        var rows = await house.Set<AccessReviewRow>().Where(r => r.Review == review.Id).ToDictionaryAsync(r => r.Account, ct);
        var said = answers.GroupBy(a => a.Account).ToDictionary(g => g.Key, g => g.Last().Decision);
        foreach (var person in people)
        {
            if (!rows.TryGetValue(person.Account, out var row)) house.Add(row = new AccessReviewRow { Review = review.Id, Account = person.Account });
            (row.Roles, row.LastSignIn, row.Opened) = (person.Codes, person.LastSignIn, person.Opened);
            row.Keep = said.GetValueOrDefault(person.Account) switch { Keep => true, Remove => false, _ => null };
        }
        return review;
    }
}

internal sealed class ReviewInMenu : IInMenu
{
    public int Order => 840;
    public May Deed => May.ReviewAccess;
    public string Path => "/admin/review";
    public string Text => Words.ReviewTitle;
}
