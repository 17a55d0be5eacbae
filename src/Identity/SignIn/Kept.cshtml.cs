using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>Holds a form that could not be taken yet: leads to the sign-in or to a factor, then shows it again to the account that typed it.
/// It takes posts without their token: nothing is done here, and what is shown was sealed by ourselves.</summary>
[Open("shows a form again to the account that typed it, and to no other")]
[IgnoreAntiforgeryToken]
internal sealed class Kept(IMediator pipeline, WayBack way, KeptForms forms, WhereAndWho who, PlaceDoor door, TimeProvider clock) : PageModel
{
    /// <summary>The form of the field for a factor, as the page for one has it.</summary>
    public Factor.Command Form { get; } = new();
    public Factor.Ask? Ask { get; private set; }
    public string Sealed { get; private set; } = "";

    /// <summary>The form, for who typed it; null: somebody must sign in or show a factor first.</summary>
    public KeptForm? Shown { get; private set; }
    public bool IsSomebodyElses { get; private set; }

    /// <summary>The sign-in is another than the place asks for.</summary>
    public bool IsNotEnough { get; private set; }

    /// <summary>Longer text is shown, so that it can be read and copied.</summary>
    public static bool IsText(string value) => value.Length > 40 || value.Contains('\n', StringComparison.Ordinal);

    public IActionResult OnGet() => NotFound();

    public async Task<IActionResult> OnPostAsync([FromQuery] string? t, [FromForm] string? kept, CancellationToken ct)
    {
        if ((t is null ? forms.Open(kept) : Arrived(way.Open(t))) is not { } form) return NotFound();
        Sealed = t is null ? kept! : forms.Seal(form);
        if (who.Caller is not { Account: { } account, Session: { } session }) return Page();
        if (account != form.Account)
        {
            IsSomebodyElses = true;
            return Page();
        }
        if (form.NeedsFactor && !who.Caller.IsFresh(clock.GetUtcNow()))
        {
            Ask = await pipeline.Send(new Factor.Query(), ct);
            return Page();
        }
        // Kept until whoever typed it comes by a sign-in that is good enough there; a role that has gone answers when the form is sent.
        IsNotEnough = await door.Enter(HttpContext, account, session, form.To, ct) is InTheWay.Stricter or InTheWay.OtherSide;
        if (!IsNotEnough) Shown = form;
        return Page();
    }

    // Only our own pages send the cookie of our forms along; a form from elsewhere is not kept.
    private KeptForm? Arrived(Sender? from) => from is null || !Request.Cookies.ContainsKey("f") ? null
        : new KeptForm(from.Account, from.To, from.NeedsFactor, clock.GetUtcNow(), [.. Request.Form.Where(f => f.Key != "__RequestVerificationToken").SelectMany(f => f.Value, (f, value) => KeyValuePair.Create(f.Key, value ?? ""))]);
}
