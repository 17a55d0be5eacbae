using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Foundation.Access;

namespace VictimSupport.Portal.Pages;

/// <summary>What went wrong, in plain words, with a reference of fixed length. A thing that is absent and one that is forbidden look the same.</summary>
[Open("anyone may meet an error")]
[IgnoreAntiforgeryToken]
internal sealed class Error : PageModel
{
    public string Heading { get; private set; } = "";
    public string Advice { get; private set; } = "";
    public string Reference => Faults.Reference(HttpContext);

    /// <summary>The form that could not be saved, to send again.</summary>
    public Typed? Typed { get; private set; }

    public void OnGet(int code) => Show(code);
    public void OnPost(int code) => Show(code);

    private void Show(int code)
    {
        Typed = HttpContext.Features.Get<Typed>();
        (Heading, Advice) = code switch
        {
            404 => (Words.NotFoundHeading, Words.NotFoundAdvice),
            400 or 422 => (Words.BadRequestHeading, Words.BadRequestAdvice),
            413 => (Words.TooLargeHeading, Words.TooLargeAdvice),
            429 => (Words.TooManyHeading, Words.TooManyAdvice),
            503 => (Words.AwayHeading, Typed is null ? Words.AwayAdvice : Words.AwayTypedAdvice),
            _ => (Words.FaultHeading, Words.FaultAdvice),
        };
        Response.StatusCode = code is >= 400 and < 600 ? code : StatusCodes.Status404NotFound;
    }
}
