using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Foundation.Secrecy.Search;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.People;

/// <summary>Who interprets for a person. The name is compared with the people of this dossier, and of those the caseworker may see: a hit warns, and says of another dossier only that there is one.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Interpret(IMediator pipeline, IAccounts accounts) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public Answer View { get; private set; } = null!;
    public string By { get; private set; } = "";
    public IReadOnlyList<Choice> Kinds => Choice.All<InterpreterKind>(Words.Of);

    /// <summary>As it stands now, where somebody else saved while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        await Load(ct);
        Form = View.Form;
    }

    // What was typed stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        await Load(ct);
        if (View.Form.Version != Form.Version) (Meanwhile, Form) = (View.Form, Form with { Version = View.Form.Version });
    }

    private async Task Load(CancellationToken ct)
    {
        View = await pipeline.Send(new Query(Dossier, Person), ct);
        if (View.CheckedBy is { } by) By = (await accounts.Named([by], ct)).TryGetValue(by, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person }, ct);
        TempData["Done"] = Words.InterpreterSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    /// <param name="Checked">null: there is no name, or nobody checked it.</param>
    /// <param name="Again">Somebody came into the dossier since.</param>
    internal sealed record Answer(string Name, Command Form, InterpreterHit Hit, DateTimeOffset? Checked, Guid? CheckedBy, bool Again);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Answer>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<InterpreterHit>, ISensitive
    {
        public InterpreterKind Kind { get; init; }
        public string? Name { get; init; }
        public string? Agency { get; init; }

        /// <summary>The hit was read: they interpret all the same. Never the alleged perpetrator.</summary>
        public bool AllTheSame { get; init; }

        /// <summary>Of the dossier when the form was shown.</summary>
        public int Version { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Kind).IsInEnum().WithMessage(_ => Words.ChooseInterpreterKind);
            RuleFor(c => c.Name).MaximumLength(200).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.Name).Must((c, name) => c.Kind != InterpreterKind.None || string.IsNullOrWhiteSpace(name)).WithMessage(_ => Words.NameWithoutInterpreter);
            RuleFor(c => c.Agency).MaximumLength(200).WithMessage(_ => Words.TooLong);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, UseCase here, Keyring keys, Caller caller, TimeProvider clock) : IRequestHandler<Query, Answer>, IRequestHandler<Command, InterpreterHit>
    {
        private const int Most = 500;

        public async Task<Answer> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            var person = people.Find(p => p.Id == query.Person) ?? throw new RefusedException("absent", dossier.Id);
            var interpreter = await zone.Set<Interpreter>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == person.Id, ct);
            var form = new Command { Kind = interpreter?.Kind ?? InterpreterKind.None, Name = interpreter?.Who?.Value.Name, Agency = interpreter?.Who?.Value.Agency, Version = dossier.Version };
            return new Answer(person.Identity.Value.FullName, form, interpreter?.Hit ?? InterpreterHit.None, interpreter?.Checked, interpreter?.CheckedBy, interpreter?.MustBeChecked == true);
        }

        public async Task<InterpreterHit> Handle(Command form, CancellationToken ct)
        {
            var (dossier, now) = (await guard.Open(form.Dossier, ct), clock.GetUtcNow());
            var people = await zone.Set<Person>().Where(p => p.DossierId == dossier.Id).ToListAsync(ct);
            var person = people.Find(p => p.Id == form.Person) ?? throw new RefusedException("absent", dossier.Id);
            if (form.Version != dossier.Version) throw Wrong(Words.ChangedMeanwhile);
            var (hit, name) = (InterpreterHit.None, form.Name?.Trim() ?? "");
            if (name.Length > 0)
            {
                var typed = NameQuery.Parse(name);
                var meant = people.Where(p => Is(typed, name, p.Identity.Value)).ToList();
                if (meant.Any(p => p.Capacity == Capacity.AllegedAuthor)) throw Wrong(Words.NeverTheAuthor);
                hit = meant.Count > 0 ? InterpreterHit.ThisDossier : await IsKnown(typed, name, dossier, ct) ? InterpreterHit.AnotherDossier : InterpreterHit.None;
                if (hit != InterpreterHit.None && !form.AllTheSame) throw Wrong(Words.Of(hit));
            }
            var interpreter = await zone.Set<Interpreter>().SingleOrDefaultAsync(i => i.Id == person.Id, ct);
            if (interpreter is null) zone.Add(interpreter = Interpreter.For(person));
            interpreter.Settle(form.Kind, name.Length == 0 && string.IsNullOrWhiteSpace(form.Agency) ? null : new InterpreterName(name, string.IsNullOrWhiteSpace(form.Agency) ? null : form.Agency.Trim()), hit, compared: IsWhole(name), caller.Self, now);
            person.NeedsInterpreter = form.Kind != InterpreterKind.None || person.NeedsInterpreter;
            dossier.Touch();
            return hit;
        }

        // Only dossiers the caseworker may see: a hit from any other would tell of it.
        private async Task<bool> IsKnown(NameQuery typed, string name, Dossier dossier, CancellationToken ct)
        {
            if (typed.IsEmpty) return false;
            var owners = (await SearchToken.OwnersOfAll(zone, here.InZone.Keys.Search, typed.Groups, Most, ct)).ToList();
            var visible = zone.Set<Dossier>().Where(await guard.Visible(ct)).Where(d => d.Id != dossier.Id && d.Protection != Protection.Sealed);
            var people = await zone.Set<Person>().AsNoTracking().Where(p => owners.Contains(p.Id)).Join(visible, p => p.DossierId, d => d.Id, (p, _) => p).ToListAsync(ct);
            await keys.Fetch(people.Select(p => p.KeyOwner), ct);
            return people.Any(p => Is(typed, name, p.Identity.Value));
        }

        private static bool IsWhole(string name) => name.Contains(' ', StringComparison.Ordinal);

        // A family name alone is shared by many.
        private static bool Is(NameQuery typed, string name, Particulars who) => IsWhole(name) && who is { FamilyName.Length: > 0, GivenName.Length: > 0 } && typed.Matches(who.FamilyName, who.GivenName);

        private static ValidationException Wrong(string why) => new([new ValidationFailure(nameof(Command.Name), why)]);
    }
}
