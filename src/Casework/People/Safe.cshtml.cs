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

namespace VictimSupport.Casework.People;

/// <summary>What a person has said about being reached: a rule for each channel, and the words behind it.</summary>
[Requires(May.ChangeDossiers)]
internal sealed class Safe(IMediator pipeline) : PageModel, IShowAgain
{
    [BindProperty(SupportsGet = true)] public Guid Dossier { get; set; }
    [BindProperty(SupportsGet = true)] public Guid Person { get; set; }
    [BindProperty] public Command Form { get; set; } = new();
    public string Name { get; private set; } = "";
    public IReadOnlyList<Choice> RulesOffered => Choice.All<Rule>(Words.Of);

    /// <summary>The rules as they stand now, where somebody else agreed on them while this form was filled in.</summary>
    public Command? Meanwhile { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => (Name, Form) = await pipeline.Send(new Query(Dossier, Person), ct);

    // What was chosen stays; the next press saves it over what is shown beside it.
    public async Task ShowAgain(CancellationToken ct)
    {
        (Name, var now) = await pipeline.Send(new Query(Dossier, Person), ct);
        if (now.Asked != Form.Asked) (Meanwhile, Form) = (now, Form with { Asked = now.Asked });
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form with { Dossier = Dossier, Person = Person }, ct);
        TempData["Done"] = Words.RulesSaved;
        return RedirectToPage("/Casework/Dossiers/Show", new { Dossier });
    }

    internal sealed record Current(string Name, Command Form);

    [Requires(May.ChangeDossiers)]
    internal sealed record Query(Guid Dossier, Guid Person) : IQuery<Current>;

    [Requires(May.ChangeDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public Rule Call { get; init; }
        public Rule Sms { get; init; }
        public Rule Mail { get; init; }
        public Rule Letter { get; init; }
        public Rule Visit { get; init; }
        public string? Hours { get; init; }
        public string? WhoMayAnswer { get; init; }
        public string? WhatMayBeSaid { get; init; }
        public string? CodeWord { get; init; }
        public string? ThirdPerson { get; init; }

        /// <summary>When the rules this form showed were asked, in ticks; 0: never. Tells whether somebody agreed on others meanwhile.</summary>
        public long Asked { get; init; }
        internal Guid Dossier { get; init; }
        internal Guid Person { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Call).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Sms).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Mail).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Letter).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Visit).IsInEnum().WithMessage(_ => Words.ChooseSafeRule);
            RuleFor(c => c.Hours).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.WhoMayAnswer).MaximumLength(300).WithMessage(_ => Words.TooLong);
            // "Only if" means nothing without saying what.
            RuleFor(c => c.WhatMayBeSaid).Must((c, _) => !new[] { c.Call, c.Sms, c.Mail, c.Letter, c.Visit }.Contains(Rule.OnlyIf) || Said(c.WhatMayBeSaid) || Said(c.Hours) || Said(c.WhoMayAnswer)).WithMessage(_ => Words.OnlyIfWhat);
            RuleFor(c => c.WhatMayBeSaid).MaximumLength(300).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.CodeWord).MaximumLength(100).WithMessage(_ => Words.TooLong);
            RuleFor(c => c.ThirdPerson).MaximumLength(300).WithMessage(_ => Words.TooLong);
        }

        private static bool Said(string? text) => !string.IsNullOrWhiteSpace(text);
    }

    internal sealed class QueryHandler(ZoneDbContext zone, Guard guard) : IRequestHandler<Query, Current>
    {
        public async Task<Current> Handle(Query query, CancellationToken ct)
        {
            var dossier = await guard.Read(query.Dossier, ct);
            var person = await zone.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == query.Person && p.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            var safe = await zone.Set<SafeContact>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == person.Id, ct) ?? SafeContact.For(person);
            var details = safe.Details.Value;
            return new Current(person.Identity.Value.FullName, new Command
            {
                Call = safe.Call, Sms = safe.Sms, Mail = safe.Mail, Letter = safe.Letter, Visit = safe.Visit, Hours = details.Hours, WhoMayAnswer = details.WhoMayAnswer, WhatMayBeSaid = details.WhatMayBeSaid, CodeWord = details.CodeWord, ThirdPerson = details.ThirdPerson,
                Asked = safe.Checked?.UtcTicks ?? 0,
            });
        }
    }

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var dossier = await guard.Open(form.Dossier, ct);
            var safe = await zone.Set<SafeContact>().SingleOrDefaultAsync(s => s.Id == form.Person && s.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id);
            if (form.Asked != (safe.Checked?.UtcTicks ?? 0)) throw new ValidationException([new ValidationFailure(nameof(Command.Call), Words.ChangedMeanwhile)]);
            safe.Agree(form.Call, form.Sms, form.Mail, form.Letter, form.Visit, new SafeDetails(Said(form.Hours), Said(form.WhoMayAnswer), Said(form.WhatMayBeSaid), Said(form.CodeWord), Said(form.ThirdPerson)), caller.Self, clock.GetUtcNow());
            dossier.Touch();
            return true;
        }

        private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}

/// <summary>One tap: asked again, still valid.</summary>
internal static class StillGood
{
    [Requires(May.ChangeDossiers)]
    internal sealed record Command(Guid Dossier, Guid Person) : ICommand<bool>;

    internal sealed class Handler(ZoneDbContext zone, Guard guard, Caller caller, TimeProvider clock) : IRequestHandler<Command, bool>
    {
        public async Task<bool> Handle(Command command, CancellationToken ct)
        {
            var dossier = await guard.Open(command.Dossier, ct);
            (await zone.Set<SafeContact>().SingleOrDefaultAsync(s => s.Id == command.Person && s.DossierId == dossier.Id, ct) ?? throw new RefusedException("absent", dossier.Id)).StillGood(caller.Self, clock.GetUtcNow());
            return true;
        }
    }
}
