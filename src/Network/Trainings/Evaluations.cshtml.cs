using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;

namespace VictimSupport.Network.Trainings;

/// <summary>What those who took part thought of a training: means and remarks, without names, once enough have answered. From here they are asked, by mail or by a link on paper, and links are taken back.</summary>
[Requires(May.KeepTrainings)]
internal sealed class Evaluations(IMediator pipeline, WhereAndWho who, PortalAddress portal) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Training { get; set; }
    public Answer View { get; private set; } = null!;

    /// <summary>The whole address for a paper, in the answer to the press that made it and never again.</summary>
    public string? Address { get; private set; }
    public DateTimeOffset? Until { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Training), ct);

    public async Task<IActionResult> OnPostAskAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.TrainingAsked(await pipeline.Send(new Ask(Training), ct));
        return RedirectToPage(new { Training });
    }

    public async Task<IActionResult> OnPostAskAgainAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.TrainingAskedAgain(await pipeline.Send(new AskAgain(Training), ct));
        return RedirectToPage(new { Training });
    }

    // Not by a redirect: the link would have to be kept somewhere meanwhile.
    public async Task<IActionResult> OnPostLinkAsync(Guid participant, CancellationToken ct)
    {
        var link = await pipeline.Send(new Paper(Training, participant), ct);
        (Address, Until) = (portal.To($"/{who.Zone!.Code}{Asking.Path}{link.Token}"), link.Until);
        await ShowAgain(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken ct)
    {
        TempData["Done"] = Words.TrainingLinksEnded(await pipeline.Send(new End(Training), ct));
        return RedirectToPage(new { Training });
    }

    /// <param name="Asked">Of those who were there.</param>
    /// <param name="ToAskAgain">Who was asked by mail before today and has not answered: how many, never who.</param>
    /// <param name="Answers">How many have answered.</param>
    /// <param name="Shown">How many of them are in what is shown: five by mail together with whatever came on paper, or none.</param>
    /// <param name="Means">Of each question from 1 to 5, by the key of its word; none: too few have answered.</param>
    /// <param name="Remarks">In no order of who or when.</param>
    /// <param name="OnPaper">Who was there and has no mailbox. Whether they have answered is not said.</param>
    /// <param name="Open">Links by which somebody may still answer.</param>
    internal sealed record Answer(string Subject, int Present, int Asked, int ToAsk, int ToAskAgain, int Answers, int Shown, IReadOnlyList<(string Question, string Mean)> Means, IReadOnlyList<string> Remarks, IReadOnlyList<(Guid Id, string FullName)> OnPaper, int Open);

    /// <summary>A link and its last instant.</summary>
    internal sealed record Made(string Token, DateTimeOffset Until)
    {
        // The token is the key.
        public override string ToString() => "•••";
    }

    [Requires(May.KeepTrainings)]
    internal sealed record Query(Guid Training) : IQuery<Answer>;

    /// <returns>How many are asked by mail.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record Ask(Guid Training) : ICommand<int>;

    /// <summary>Mails get lost: whoever has not answered is asked once more by mail, at most once a day. The link they had is dead when the new one leaves.</summary>
    /// <returns>How many are asked.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record AskAgain(Guid Training) : ICommand<int>;

    /// <summary>A link for somebody without a mailbox; one that was made for them before is dead. Whoever has answered gets one too, which opens nothing: who has is nobody's to know.</summary>
    [Requires(May.KeepTrainings)]
    internal sealed record Paper(Guid Training, Guid Participant) : ICommand<Made>;

    /// <returns>How many links were taken back.</returns>
    [Requires(May.KeepTrainings)]
    internal sealed record End(Guid Training) : ICommand<int>;

    internal sealed class QueryHandler(ZoneDbContext zone, Keyring keys, Trail trail, TimeProvider clock) : IRequestHandler<Query, Answer>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var training = await zone.Set<Training>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == query.Training, ct) ?? throw new RefusedException("absent", query.Training);
            var (present, now) = ((await zone.Set<Participant>().AsNoTracking().Where(p => p.TrainingId == training.Id).ToListAsync(ct)).Where(p => p.WasThere).ToList(), clock.GetUtcNow());
            var given = await zone.Set<Evaluation>().AsNoTracking().Where(e => e.TrainingId == training.Id).ToListAsync(ct);
            var (means, remarks) = (new List<(string, string)>(), new List<string>());
            var shown = given.Where(e => e.IsShown).ToList();
            if (shown.Count > 0)
            {
                foreach (var (question, mark) in Asking.Questions) means.Add((question, shown.Average(mark).ToString("0.0", CultureInfo.CurrentCulture)));
                var said = shown.Where(e => e.Remark is not null).ToList();
                if (said.Count > 0)
                {
                    trail.Because("training-remarks");
                    await keys.Fetch(said.Select(e => e.Id), ct);
                    remarks.AddRange(said.Select(e => e.Remark!.Value).Order(StringComparer.CurrentCulture));
                }
            }
            var ids = present.Select(p => p.Id).ToList();
            var open = await zone.Set<Link>().CountAsync(l => Asking.All.Contains(l.Purpose) && ids.Contains(l.About) && l.Revoked == null && l.Expires > now, ct);
            return new Answer(training.Subject, present.Count, present.Count(p => p.Asked is not null), present.Count(p => p is { Mailbox: not null, Asked: null, HasEvaluated: false }), (await Asking.Again(zone, present, now, ct)).Count, given.Count, shown.Count, means, remarks,
                [.. present.Where(p => p is { Mailbox: null, IsNameless: false }).OrderBy(p => p.FullName, StringComparer.CurrentCulture).Select(p => (p.Id, p.FullName))], open);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Ask, int>, IRequestHandler<AskAgain, int>, IRequestHandler<Paper, Made>, IRequestHandler<End, int>
    {
        public async Task<int> Handle(Ask command, CancellationToken ct)
        {
            var (people, now) = (await Present(command.Training, ct), clock.GetUtcNow());
            var asked = people.Where(p => p is { Mailbox: not null, Asked: null, HasEvaluated: false }).ToList();
            foreach (var one in asked)
            {
                one.Ask(now);
                zone.Add(EvaluationMail.New(one.Id, now));
            }
            return asked.Count;
        }

        public async Task<int> Handle(AskAgain command, CancellationToken ct)
        {
            var (people, now) = (await Present(command.Training, ct), clock.GetUtcNow());
            var asked = await Asking.Again(zone, people, now, ct);
            zone.AddRange(asked.Select(one => EvaluationMail.New(one.Id, now)));
            return asked.Count;
        }

        public async Task<Made> Handle(Paper command, CancellationToken ct)
        {
            var one = (await Present(command.Training, ct)).Find(p => p.Id == command.Participant && p.Mailbox is null) ?? throw new RefusedException("absent", command.Participant);
            return await Asking.Link(zone, one, Asking.OnPaper, clock.GetUtcNow(), ct);
        }

        public async Task<int> Handle(End command, CancellationToken ct) => await Asking.End(zone, [.. (await Present(command.Training, ct)).Select(p => p.Id)], clock.GetUtcNow(), ct);

        private async Task<List<Participant>> Present(Guid training, CancellationToken ct)
        {
            if (!await Trainings.Training.TakeTurn(zone, training, clock.GetUtcNow(), ct)) throw new RefusedException("absent", training);
            return [.. (await zone.Set<Participant>().Where(p => p.TrainingId == training).OrderBy(p => p.Number).ToListAsync(ct)).Where(p => p.WasThere)];
        }
    }
}

/// <summary>Links by which those who took part say what they thought, and what they are asked.</summary>
internal static class Asking
{
    /// <summary>The purpose of such a link: it went by mail, or was shown to whoever keeps the training. What it is about is the participant; it belongs to the training.</summary>
    public const string ByMail = "training-evaluation", OnPaper = "training-evaluation-paper";

    /// <summary>By these somebody answers.</summary>
    public static readonly IReadOnlyList<string> Purposes = [ByMail, OnPaper];

    // Made for somebody who has answered: it looks like any other and opens nothing.
    private const string Void = "training-evaluation-void";

    /// <summary>All that there are.</summary>
    public static readonly IReadOnlyList<string> All = [ByMail, OnPaper, Void];

    /// <summary>Path of the page below the zone, with its last slash.</summary>
    public const string Path = "/evaluation/";
    public static readonly TimeSpan GoodFor = TimeSpan.FromDays(30);

    /// <summary>The questions by the key of their word, and where the mark stands.</summary>
    public static readonly IReadOnlyList<(string Key, Func<Evaluation, int> Mark)> Questions = [("TrainingAskUseful", e => e.Useful), ("TrainingAskClear", e => e.Clear), ("TrainingAskTrainer", e => e.Trainer), ("TrainingAskOrganised", e => e.Organised)];

    /// <summary>Those of them whom a mail asked before today, and who have not answered.</summary>
    public static async Task<IReadOnlyList<Participant>> Again(ZoneDbContext zone, IEnumerable<Participant> present, DateTimeOffset now, CancellationToken ct)
    {
        var silent = present.Where(p => p is { Mailbox: not null, Asked: not null, HasEvaluated: false }).ToList();
        if (silent.Count == 0) return silent;
        var today = await EvaluationMail.Of(zone, silent.ConvertAll(p => p.Id), Moment.Day(now), ct);
        return silent.FindAll(p => !today.Contains(p.Id));
    }

    /// <summary>A new link for somebody; what was made for them before is dead, so that there is one at a time.</summary>
    public static async Task<Evaluations.Made> Link(ZoneDbContext zone, Participant who, string purpose, DateTimeOffset now, CancellationToken ct)
    {
        await End(zone, [who.Id], now, ct);
        var (link, token) = Foundation.Links.Link.Make(who.HasEvaluated ? Void : purpose, who.Id, who.TrainingId, default, null, now, GoodFor);
        zone.Add(link);
        who.Ask(now);
        return new Evaluations.Made(token, link.Expires);
    }

    /// <summary>Are there enough answers that are not shown yet? Those by mail count, one for each mailbox: what whoever keeps the training could have answered by a link that they saw tells nothing of the others.</summary>
    /// <param name="shown">How many answers of the training are shown already: the first that came.</param>
    public static async Task<bool> AreEnough(ZoneDbContext zone, Guid training, int shown, CancellationToken ct)
    {
        var answered = await zone.Set<Participant>().Where(p => p.TrainingId == training).ToListAsync(ct);
        var links = (await zone.Set<Link>().AsNoTracking().Where(l => l.DossierId == training && Purposes.Contains(l.Purpose)).ToListAsync(ct)).ToLookup(l => l.About);
        // The last link of whoever has answered is the one they used; with it an answer was given. The one in the hand now is not written yet.
        var given = answered.Where(p => p.HasEvaluated).Select(p => (Who: p, Link: links[p.Id].MaxBy(l => l.Made)!)).OrderBy(g => g.Link.Revoked ?? DateTimeOffset.MaxValue).Skip(shown);
        return given.Where(g => g.Link.Purpose == ByMail).Select(g => Box(g.Who.Mailbox) ?? g.Who.Id.ToString()).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= Evaluation.Step;

        // What follows a plus comes to the same mailbox.
        static string? Box(string? mailbox) => mailbox?.Split('@') is [var name, var host] ? $"{name.Split('+')[0]}@{host}" : mailbox;
    }

    /// <summary>Their links are dead from now on.</summary>
    /// <returns>How many were alive.</returns>
    public static async Task<int> End(ZoneDbContext zone, IReadOnlyCollection<Guid> people, DateTimeOffset now, CancellationToken ct)
    {
        var alive = await zone.Set<Link>().Where(l => All.Contains(l.Purpose) && people.Contains(l.About) && l.Revoked == null && l.Expires > now).ToListAsync(ct);
        foreach (var link in alive) link.Revoke(now);
        return alive.Count;
    }
}
