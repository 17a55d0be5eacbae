using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
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
    internal sealed record Answer(string Name, Rule Rule, Passage Passage, Bar Bar, SafeDetails Details, bool AskAgain, int Revision);

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Answer>;

    /// <summary>A command, so that the number leaves only with its record.</summary>
    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<Clearance>
    {
        /// <summary>The revision of the rules that stood above the button; null: none did.</summary>
        public int? Shown { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Handler(Guard guard, Gate gate, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, Clearance>
    {
        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var whom = await gate.Of(await guard.Read(query.Dossier, ct), query.Person, first: false, ct);
            var now = clock.GetUtcNow();
            var (passage, bar) = Clearance.Look(whom, new Outgoing(Channel.Call), now);
            return new Answer(whom.Person.Identity.Value.FullName, whom.Safe.Call, passage, bar, whom.Safe.Details.Value, whom.Safe.MustBeAskedAgain(now), whom.Safe.Revision);
        }

        public async Task<Clearance> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Read(command.Dossier, ct);
            var whom = await gate.Of(dossier, command.Person, first: false, ct);
            var leave = await gate.Pass(dossier, command.Person, new Outgoing(Channel.Call, Read: command.Shown is not null), ct);
            if (command.Shown != whom.Safe.Revision) throw new ValidationException([new ValidationFailure(nameof(Command.Shown), Words.RulesChangedRead)]);
            return leave;
        }
    }
}
