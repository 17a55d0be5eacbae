using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Casework.Reminding;

/// <summary>How the reader is reminded by mail in this zone: at once, once a day at an hour, on working days only, or never.</summary>
[Requires(May.WorkOnDossiers)]
internal sealed class Choose(IMediator pipeline, ISendSms sms) : PageModel
{
    [BindProperty] public Command Form { get; set; } = new();

    /// <summary>A provider of text messages is set up.</summary>
    public bool Texts => sms.IsReady;
    public IReadOnlyList<Choice> Rhythms => Choice.All<MailRhythm>(Words.Of);
    public IReadOnlyList<Choice> Hours => [.. Enumerable.Range(0, 24).Select(h => new Choice(h.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{h:00}:00")))];

    public async Task OnGetAsync(CancellationToken ct) => Form = await pipeline.Send(new Query(), ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await pipeline.Send(Form, ct);
        TempData["Done"] = Words.MailChoiceKept;
        return RedirectToPage("/Casework/Reminding/Waiting");
    }

    [Requires(May.WorkOnDossiers)]
    internal sealed record Query : IQuery<Command>;

    [Requires(May.WorkOnDossiers)]
    internal sealed record Command : ICommand<bool>
    {
        public MailRhythm Rhythm { get; init; }
        public int? Hour { get; init; }
        public bool WorkingDaysOnly { get; init; }

        /// <summary>As typed; empty: no text message. Not asked where no provider is set up, and kept as it is.</summary>
        public string? Telephone { get; init; }
    }

    internal sealed class Rules : AbstractValidator<Command>
    {
        public Rules()
        {
            RuleFor(c => c.Rhythm).IsInEnum().WithMessage(_ => Words.ChooseMailRhythm);
            RuleFor(c => c.Hour).NotNull().WithMessage(_ => Words.ChooseMailHour).InclusiveBetween(0, 23).WithMessage(_ => Words.ChooseMailHour);
            RuleFor(c => c.Telephone).Must(t => PhoneNumber.Read(t, out _) is PhoneReading.Read or PhoneReading.Empty).WithMessage(_ => Words.NoPhoneNumber).Must(t => !PhoneNumber.IsLandline(t)).WithMessage(_ => Words.NeedsMobile);
        }
    }

    internal sealed class Handler(ZoneDbContext zone, ISendSms sms, Caller caller) : IRequestHandler<Query, Command>, IRequestHandler<Command, bool>
    {
        public async Task<Command> Handle(Query query, CancellationToken ct)
        {
            var choice = await zone.Set<MailChoice>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == caller.Self, ct) ?? MailChoice.Of(caller.Self);
            return new Command { Rhythm = choice.Rhythm, Hour = choice.Hour, WorkingDaysOnly = choice.WorkingDaysOnly, Telephone = sms.IsReady && choice.Telephone is { } number ? PhoneNumber.Show(number.Value) : null };
        }

        public async Task<bool> Handle(Command form, CancellationToken ct)
        {
            var choice = await zone.Set<MailChoice>().SingleOrDefaultAsync(c => c.Id == caller.Self, ct) ?? zone.Add(MailChoice.Of(caller.Self)).Entity;
            choice.Choose(form.Rhythm, form.Hour!.Value, form.WorkingDaysOnly);
            if (sms.IsReady) choice.Text(PhoneNumber.ToE164(form.Telephone));
            return true;
        }
    }
}
