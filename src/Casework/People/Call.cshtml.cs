using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.People;

/// <summary>Before somebody dials: the rule or the script, and only then the number. That it was shown is recorded, and so is that it was refused.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Call(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;

    /// <summary>The number, once the rule was read.</summary>
    public Clearance? Leave { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => ShowAgain(ct);

    /// <summary>Through whom the number was asked for; null: it is the person's own.</summary>
    public Way? Through => View.Through.FirstOrDefault(w => w.Who == Form.Through);

    public async Task ShowAgain(CancellationToken ct) => View = await pipeline.Send(new Query(Dossier, Person), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            Leave = await pipeline.Send(Form with { Dossier = Dossier, Person = Person }, ct);
        }
        catch (RefusedException refused) when (Bars.Of(refused.Code) is not null)
        {
            // Recorded; whoever may open the dossier is told why on the page.
        }
        await ShowAgain(ct);
        return Page();
    }

    /// <param name="Revision">Of the rules shown: sent back, it says which were read.</param>
    internal sealed record Answer(string Name, Rule Rule, Passage Passage, Bar Bar, SafeDetails Details, bool AskAgain, int Revision, bool MustNotBeConfirmed)
    {
        /// <summary>Through whom the person may be reached instead, by decision; what stands in the way of it too.</summary>
        public IReadOnlyList<Way> Through { get; init; } = [];
    }

    /// <param name="What">What may be told.</param>
    /// <param name="Rule">What holds of their telephone.</param>
    /// <param name="Details">What was agreed with them.</param>
    /// <param name="Revision">Of their own rules.</param>
    internal sealed record Way(Guid Who, string Name, StandingRole Role, Authority Decided, string? What, Bar Bar, Rule Rule, SafeDetails Details, bool AskAgain, int Revision);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Answer>;

    /// <summary>A command, so that the number leaves only with its record.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Clearance>
    {
        /// <summary>The revision of the rules that stood above the button; null: none did.</summary>
        public int? Shown { get; init; }

        /// <summary>Who is called for the person; null: the person.</summary>
        public Guid? Through { get; init; }

        /// <summary>The revision of that one's own rules, which stood above the button.</summary>
        public int? ThroughShown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Gate gate, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Clearance>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var whom = await gate.Of(dossier, query.Person, first: false, ct);
            var now = clock.GetUtcNow();
            var (passage, bar) = Clearance.Look(whom, new Outgoing(Channel.Call), now);
            return new Answer(whom.Person.Identity.Value.FullName, whom.Of(Channel.Call), passage, bar, whom.Agreed, whom.Safe.MustBeAskedAgain(now), whom.Safe.Revision, whom.Safe.MustNotBeConfirmed(whom.Person.IsMinorAt(now), dossier.IsDangerous))
            {
                Through = await Ways(dossier, whom, now, ct),
            };
        }

        private async Task<IReadOnlyList<Way>> Ways(Dossier dossier, Addressee whom, DateTimeOffset now, CancellationToken ct)
        {
            var ways = new List<Way>();
            foreach (var who in await zone.Set<Standing>().AsNoTracking().Where(s => s.DossierId == dossier.Id && s.PersonId == whom.Person.Id && s.Reached != Authority.Nobody).OrderBy(s => s.Id).Select(s => s.WhoId).ToListAsync(ct))
            {
                if (await gate.Stead(dossier, whom.Person.Id, who, ct) is not { } stead) continue;
                var bar = Clearance.Look(whom with { Stead = stead }, new Outgoing(Channel.Call, Through: who), now).Bar;
                ways.Add(new Way(who, stead.Who.Identity.Value.FullName, stead.Standing.Role, stead.Standing.Reached, stead.Standing.Words.Value.What, bar, stead.Call, stead.Agreed, stead.Safe.MustBeAskedAgain(now), stead.Safe.Revision));
            }
            return ways;
        }

        public async Task<Clearance> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Read(command.Dossier, ct);
            var whom = await gate.Of(dossier, command.Person, first: false, ct);
            var leave = await gate.Pass(dossier, command.Person, new Outgoing(Channel.Call, Read: command.Shown is not null && (command.Through is null || command.ThroughShown is not null), Through: command.Through), ct);
            var through = command.Through is { } who ? await gate.Stead(dossier, command.Person, who, ct) : null;
            if (command.Shown != whom.Safe.Revision || command.ThroughShown != through?.Safe.Revision) throw new ValidationException([new ValidationFailure(nameof(Command.Shown), Words.RulesChangedRead)]);
            return leave;
        }
    }
}
