using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Links;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Network.Contracts;

namespace VictimSupport.Network.Answers;

/// <summary>The partner's page, without an account: a reference and buttons to answer; what was agreed opens only after the second code. A link that was never made, one that ended and one that was taken back are the same.
/// Nothing here reaches a dossier: answers lie in the tray of links until the casework collects them.</summary>
[Open("the link is the key; what tells of a person needs a second code")]
internal sealed class Answer(IMediator pipeline, WhereAndWho who) : PageModel
{
    [BindProperty(SupportsGet = true)] public string Token { get; set; } = "";
    [BindProperty] public string Code { get; set; } = "";

    /// <summary>null: the link is no longer good.</summary>
    public View? Shown { get; private set; }

    /// <summary>In the answer to the right code, and never again.</summary>
    public Disclosure? Told { get; private set; }

    /// <summary>The code was wrong, or nothing opens any more: the same to whoever guesses.</summary>
    public bool WasWrong { get; private set; }

    /// <summary>The answer that was just given.</summary>
    public string? Given { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => await Show(ct);

    public async Task OnPostAnswerAsync(string? answer, CancellationToken ct)
    {
        if (IsToken && PartnerAnswers.Buttons.Contains(answer) && await pipeline.Send(new Command { Token = Token, Answer = answer! }, ct)) Given = answer;
        await Show(ct);
    }

    // Not by a redirect: what is shown would have to be kept somewhere meanwhile.
    public async Task OnPostOpenAsync(CancellationToken ct)
    {
        if (IsToken)
        {
            Told = await pipeline.Send(new Open { Token = Token, Code = Code }, ct);
            WasWrong = Told is null;
        }
        // Typed on a machine that others use: it is not shown again.
        ModelState.Clear();
        Code = "";
        await Show(ct);
    }

    private bool IsToken => who.Zone is not null && Token.Length <= 100;

    private async Task Show(CancellationToken ct)
    {
        Shown = IsToken ? await pipeline.Send(new Query { Token = Token }, ct) : null;
        if (Shown is null) Response.StatusCode = Microsoft.AspNetCore.Http.StatusCodes.Status404NotFound;
    }

    /// <param name="Answers">What was answered before, the latest first.</param>
    internal sealed record View(string Reference, DateTimeOffset Until, IReadOnlyList<(string Answer, DateTimeOffset At)> Answers);

    [Open("shows a reference; it uses nothing up")]
    internal sealed record Query : IQuery<View?>
    {
        internal string Token { get; init; } = "";
    }

    [Open("the link is the key")]
    internal sealed record Command : ICommand<bool>
    {
        internal string Token { get; init; } = "";
        internal string Answer { get; init; } = "";
    }

    [Open("the link and the second code are the key")]
    internal sealed record Open : ICommand<Disclosure?>
    {
        internal string Token { get; init; } = "";
        internal string Code { get; init; } = "";
    }

    internal sealed class QueryHandler(ZoneDbContext zone, TimeProvider clock) : IRequestHandler<Query, View?>
    {
        public async Task<View?> Handle(Query query, CancellationToken ct)
        {
            if (await Alive(zone, query.Token, clock.GetUtcNow(), ct) is not { } link) return null;
            var answers = await zone.Set<LinkAnswer>().AsNoTracking().Where(a => a.LinkId == link.Id).OrderByDescending(a => a.At).Select(a => new { a.Answer, a.At }).Take(20).ToListAsync(ct);
            return new View(link.Reference, link.Expires, [.. answers.Where(a => PartnerAnswers.Buttons.Contains(a.Answer)).Select(a => (a.Answer, a.At))]);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Trail trail, TimeProvider clock) : IRequestHandler<Command, bool>, IRequestHandler<Open, Disclosure?>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await Alive(zone, command.Token, now, ct) is not { } link) return false;
            // The same press sent again changes nothing.
            var last = await zone.Set<LinkAnswer>().AsNoTracking().Where(a => a.LinkId == link.Id && PartnerAnswers.Buttons.Contains(a.Answer)).OrderByDescending(a => a.At).Select(a => a.Answer).FirstOrDefaultAsync(ct);
            if (last != command.Answer) zone.Add(LinkAnswer.To(link, command.Answer, now));
            return true;
        }

        public async Task<Disclosure?> Handle(Open command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await Alive(zone, command.Token, now, ct) is not { } link) return null;
            var (locked, content) = (link.IsLocked, link.Open(command.Code));
            trail.Because(content is null ? "wrong-code" : "partner-read", link.DossierId);
            if (content is not null) zone.Add(LinkAnswer.To(link, PartnerAnswers.Read, now));
            else if (link.IsLocked && !locked) zone.Add(LinkAnswer.To(link, PartnerAnswers.Locked, now));
            return content;
        }
    }

    private static async Task<Link?> Alive(ZoneDbContext zone, string token, DateTimeOffset now, CancellationToken ct)
    {
        var hash = Link.Hash(token);
        return await zone.Set<Link>().SingleOrDefaultAsync(l => l.TokenHash == hash && l.Purpose == PartnerAnswers.Purpose, ct) is { } link && link.IsAlive(now) ? link : null;
    }
}
