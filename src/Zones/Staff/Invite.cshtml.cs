using FluentValidation;
using FluentValidation.Results;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Zones.Staff;

/// <summary>The administrator asks somebody in: the mail leaves by itself. Whether the address has an account elsewhere is not told.</summary>
[Requires(May.BringStaffIn)]
internal sealed class Invite(IMediator pipeline, Standing standing, WhereAndWho who) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();
    public IReadOnlyList<Choice> Languages { get; } = [new("fr", "Français"), new("nl", "Nederlands"), new("de", "Deutsch"), new("en", "English")];

    public void OnGet() => Form = new Command { Language = who.Zone!.Record.FirstLanguage };

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var brought = await pipeline.Send(Form, ct);
        standing.ForgetAll();
        TempData["Done"] = brought switch { NewcomerFate.New => Words.InvitedDone, NewcomerFate.Changed => Words.ChangedDone, _ => Words.UnchangedDone };
        return RedirectToPage("/Zones/Staff/Invitations");
    }

    [Requires(May.BringStaffIn), FreshFactor]
    internal sealed record Command : ICatalogCommand<NewcomerFate>, ISensitive
    {
        public string Name { get; init; } = "";
        public string Email { get; init; } = "";
        public string? Template { get; init; }
        public List<Role> Roles { get; init; } = [];
        public DateOnly? Until { get; init; }
        public string Language { get; init; } = "fr";
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules(TimeProvider clock)
        {
            RuleFor(c => c.Name).Custom((name, rule) => Say(rule, StaffRules.WrongName(name)));
            RuleFor(c => c.Email).Custom((email, rule) => Say(rule, StaffRules.WrongEmail(email)));
            RuleFor(c => c.Template).Must((c, _) => RoleTemplates.Chosen(c.Template, c.Roles).Count > 0).WithMessage(_ => Words.ChooseRole);
            RuleFor(c => c.Roles).Must((c, _) => RoleTemplates.GoTogether([.. RoleTemplates.Chosen(c.Template, c.Roles)])).WithMessage(_ => Words.OfficerAlone);
            RuleFor(c => c.Until).Custom((until, rule) => Say(rule, StaffRules.WrongUntil(until, Moment.Day(clock.GetUtcNow()))));
            RuleFor(c => c.Language).Must(l => l is "fr" or "nl" or "de" or "en").WithMessage(_ => Words.WrongLanguage);
        }

        private static void Say<T>(ValidationContext<T> rule, string? wrong)
        {
            if (wrong is not null) rule.AddFailure(wrong);
        }
    }

    internal sealed class Handler(CatalogDbContext house, UseCase here, Bringing bringing, Caller caller) : IRequestHandler<Command, NewcomerFate>
    {
        public async Task<NewcomerFate> Handle(Command form, CancellationToken ct)
        {
            var person = new Newcomer(form.Name.Trim(), form.Email.Trim(), RoleTemplates.Chosen(form.Template, form.Roles), form.Until, form.Language);
            var fate = (await bringing.Compare(house, here.InZone.Id, [person], caller.Self, ct))[0].Fate;
            if (Bringing.Refusal(fate) is { } refusal) throw new ValidationException([new ValidationFailure(fate == NewcomerFate.Clash ? nameof(Command.Template) : nameof(Command.Email), refusal.Wrong)]);
            await bringing.Bring(house, here.InZone.Id, [person], caller.Self, ct);
            return fate;
        }
    }
}
