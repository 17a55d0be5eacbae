using System.Globalization;
using System.Text.RegularExpressions;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VictimSupport.Design.Html;
using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Casework.Drafts;

/// <summary>Where a form stands: its page, its name, and the ids in its address. Two forms never share a place, whoever asks.</summary>
internal static partial class Place
{
    /// <returns>null: no page of a zone, or no name that a form of ours has.</returns>
    public static string? Of(HttpContext http, string form)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not { } page || !IsName(form)) return null;
        var ids = http.Request.RouteValues.Where(v => v.Key is not ("page" or "handler" or "area") && v.Value is not null).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => Convert.ToString(v.Value, CultureInfo.InvariantCulture)!.ToLowerInvariant());
        return string.Join(' ', ids.Prepend(form).Prepend(page.ViewEnginePath));
    }

    /// <summary>Is it a name that a form of ours may have? Under any other nothing is ever saved.</summary>
    public static bool IsName(string form) => Name().IsMatch(form);

    public static Guid? Dossier(HttpContext http) => Guid.TryParse(http.Request.RouteValues["dossier"]?.ToString(), out var dossier) ? dossier : null;

    [GeneratedRegex("^[a-z]{1,20}( [0-9a-f-]{36})?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}

/// <summary>Finds what its reader had typed in a form, for the form itself to show.</summary>
internal sealed class DraftsOfForms(IMediator pipeline, WhereAndWho who) : IKeepDrafts
{
    /// <summary>In the address, where somebody chose another of several texts; an id and nothing else.</summary>
    private const string Chosen = "draft";

    public async ValueTask<DraftForm?> Find(HttpContext http, string form)
    {
        // A list that renews itself reads its page again, and takes nothing but the list.
        if (who.Zone is null || who.Caller.Account is null || http.Request.Headers.ContainsKey(QuietAttribute.Header) || Place.Of(http, form) is not { } place) return null;
        var found = await pipeline.Send(new Drafts.Find.Query(place, Guid.TryParse(http.Request.Query[Chosen], out var chosen) ? chosen : null), http.RequestAborted);
        if (found is null) return null;
        var here = http.Request.PathBase + http.Request.Path;
        return new DraftForm(found.Draft, found.Version, found.Saved, found.Text.Boxes, $"{http.Request.PathBase}/drafts/{found.Draft}", [.. found.Others.Select(o => (o.Saved, here + Rest(http, o.Draft)))]) { Back = here + Rest(http, null) };
    }

    private static QueryString Rest(HttpContext http, Guid? draft)
    {
        var others = QueryString.Create(http.Request.Query.Where(q => q.Key is not (Chosen or "handler")));
        return draft is { } id ? others.Add(Chosen, id.ToString()) : others;
    }
}

/// <summary>A form that saves itself posts to its own page, with a header: so whoever may not send it, may not save it, and nothing of the page's own deed is done.
/// Outside the page door's filter, which turns back a form that is not filled in yet.</summary>
internal sealed class SaveForms(IMediator pipeline, WhereAndWho who) : IAsyncPageFilter
{
    public const int Order = -10;

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        // The page that says what went wrong is shown within the same request: nothing is sent or saved there.
        if (who.Zone is null || http.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.HandlerMethod is not { HttpMethod: "Post" } || !http.Request.HasFormContentType)
        {
            await next();
            return;
        }
        var form = await PostedForm.Of(http);
        var byHand = form.ContainsKey(FormTag.KeepNow);
        if (byHand || http.Request.Headers.ContainsKey(FormTag.SavesItself))
        {
            context.Result = await Saved(context, form, byHand);
            return;
        }
        if (Guid.TryParse(form[FormTag.Kept], out var draft) && Guid.TryParse(form[FormTag.Once], out var once)) who.Sent = new SentForm(draft, once);
        var done = await next();
        // Turned back, refused or failed, a form keeps its draft.
        if (who.Sent is { IsDone: true, HasEnded: false } && done is { Exception: null, Result: not (PageResult or StatusCodeResult) }) await pipeline.Send(new SentElsewhere.Command(), http.RequestAborted);
    }

    // By hand, without script, the page is shown again with what it kept.
    private async Task<IActionResult> Saved(PageHandlerExecutingContext context, IFormCollection form, bool byHand)
    {
        var http = context.HttpContext;
        var demand = Demand.Of(context.ActionDescriptor.ModelTypeInfo!) ?? Demand.Of(context.ActionDescriptor.HandlerTypeInfo);
        if (demand?.Deed is not { } deed || Place.Of(http, form[FormTag.Place].ToString()) is not { } place) return new NotFoundResult();
        try
        {
            var saved = await pipeline.Send(new Save.Command
            {
                Draft = byHand && Id(form[FormTag.Kept]) == Guid.Empty ? Id(form[FormTag.Once]) : Id(form[FormTag.Kept]), Once = Id(form[FormTag.Once]),
                Version = (int)Math.Min(Number(form[FormTag.Version]), int.MaxValue), Turn = byHand ? 1 : Number(form[FormTag.Turn]), Place = place, Dossier = Place.Dossier(http),
                Deed = deed, Boxes = Boxes(form),
            }, http.RequestAborted);
            if (byHand) return new LocalRedirectResult(http.Request.PathBase + http.Request.Path + QueryString.Create(http.Request.Query.Where(q => q.Key is not "handler")));
            return new JsonResult(new { draft = saved.Draft, version = saved.Version, said = Design.Words.DraftSaved(Moment.Clock(saved.At)) });
        }
        catch (RefusedException)
        {
            return new NotFoundResult();
        }
        catch (ValidationException)
        {
            return new StatusCodeResult(StatusCodes.Status422UnprocessableEntity);
        }
    }

    // What the form binds and nothing else: no token, no file, no address to go back to.
    private static Dictionary<string, string[]> Boxes(IFormCollection form)
    {
        var boxes = form.Where(f => f.Key.StartsWith("Form.", StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value.Select(v => v ?? "").ToArray(), StringComparer.Ordinal);
        foreach (var unticked in form[FormTag.Unticked])
        {
            if (unticked?.StartsWith("Form.", StringComparison.Ordinal) == true) boxes.TryAdd(unticked, []);
        }
        return boxes;
    }

    private static Guid Id(string? text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
    private static long Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
