using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Portal.Pages;

/// <summary>What went wrong, in plain words, with a reference of fixed length. A thing that is absent and one that is forbidden look the same.</summary>
[Open("anyone may meet an error")]
[IgnoreAntiforgeryToken]
internal sealed class Error(Hosts hosts) : PageModel
{
    public int Code { get; private set; }
    public string Heading { get; private set; } = "";
    public string Advice { get; private set; } = "";
    public string Reference => Faults.Reference(HttpContext);

    /// <summary>The form that could not be saved, to send again.</summary>
    public Typed? Typed { get; private set; }

    /// <summary>What was written into a form that leads nowhere, now or ever: to be copied, as there is nowhere to send it.</summary>
    public IReadOnlyList<string> Written { get; private set; } = [];

    /// <summary>The form's own token did not count any more: it gets a new one.</summary>
    public bool NewToken { get; private set; }

    /// <summary>A page for anybody was asked for: what is said then says nothing of a portal, nor of a zone.</summary>
    public bool IsForAnybody => hosts.IsOpen(Request) || (HttpContext.Features.Get<Faults.Asked>() is { } failed ? Hosts.IsForAnybody(failed.Base.HasValue, failed.Path) == true
        : HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } asked && Hosts.IsForAnybody(!string.IsNullOrEmpty(asked.OriginalPathBase), new PathString(asked.OriginalPath)) == true);

    public Task OnGetAsync(int code) => Show(code);
    public Task OnPostAsync(int code) => Show(code);

    private async Task Show(int code)
    {
        if (Response.StatusCode < 400) code = StatusCodes.Status404NotFound; // nothing went wrong: somebody typed the address
        Typed = HttpContext.Features.Get<Typed>();
        if (code is 400 or 422 && HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } refused)
        {
            // What was typed in one zone is not offered to another.
            (Typed, NewToken) = (HttpContext.Features.Get<FormOfAZone.Astray>() is not null ? null : await Typed.Of(HttpContext, refused.OriginalPathBase + refused.OriginalPath + refused.OriginalQueryString), code == 400);
        }
        if (code == 404)
        {
            // An event was ended, a dossier given to another, while somebody wrote. It says the same of what never was: what is there is told by nothing here.
            if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } lost) Typed = await Typed.Proven(HttpContext, lost.OriginalPathBase + lost.OriginalPath);
            (Written, Typed) = (Typed?.Written ?? [], null);
        }
        if (IsForAnybody && code != 404 && Typed is null && HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } stopped) Typed = await Typed.Of(HttpContext, stopped.OriginalPathBase + stopped.OriginalPath + stopped.OriginalQueryString);
        // A form that is sent again from here comes from here, also where a browser says it by its address alone.
        if (IsForAnybody && Typed is not null) Response.Headers["Referrer-Policy"] = "same-origin";
        Code = code is >= 400 and < 600 ? code : StatusCodes.Status404NotFound;
        (Heading, Advice) = code switch
        {
            404 => (Words.NotFoundHeading, Written.Count == 0 ? Words.NotFoundAdvice : Words.NotFoundTypedAdvice),
            400 or 422 => (Words.BadRequestHeading, Typed is null ? Words.BadRequestAdvice : Words.BadRequestTypedAdvice),
            413 => (Words.TooLargeHeading, Typed is null ? Words.TooLargeAdvice : Words.TooLargeTypedAdvice),
            429 => (Words.TooManyHeading, Words.TooManyAdvice),
            503 => (Words.AwayHeading, Typed is null ? Words.AwayAdvice : Words.AwayTypedAdvice),
            _ => (Words.FaultHeading, Words.FaultAdvice),
        };
        Response.StatusCode = Code;
    }
}
