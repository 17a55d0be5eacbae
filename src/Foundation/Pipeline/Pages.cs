using Microsoft.AspNetCore.Http.Features;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.Foundation.Pipeline;

/// <summary>Enforces a page's demand for GET and POST alike, and turns what the pipeline found into what the page shows.</summary>
public sealed class PageDoor(WhereAndWho who, WayBack way, TimeProvider clock) : IAsyncAuthorizationFilter, IAsyncPageFilter, IOrderedFilter
{
    /// <summary>First segments of pages that stand outside any zone; every other page stands in one.</summary>
    public static readonly IReadOnlySet<string> Zoneless = new HashSet<string>(StringComparer.Ordinal) { "", "account", "operator", "figures", "demo", "health", "error", "assets", "openapi" };

    /// <summary>Before the check of the form's token: to a stranger a forged form and a page that is not there are the same.</summary>
    public int Order => 0;

    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        if (context.ActionDescriptor is CompiledPageActionDescriptor page) context.Result = Door(page, context.HttpContext);
        if (context.Result is null && context.HttpContext.Request.HasFormContentType && await HasNul(context.HttpContext)) context.Result = new BadRequestResult();
    }

    // Nobody types one, and not every engine can keep it.
    private static async Task<bool> HasNul(HttpContext http) => (await PostedForm.Of(http)).Any(field => field.Key.Contains('\0') || field.Value.Any(value => value?.Contains('\0') == true));

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (context.HandlerMethod is null && !HttpMethods.IsGet(context.HttpContext.Request.Method) && !HttpMethods.IsHead(context.HttpContext.Request.Method))
        {
            context.Result = new NotFoundResult();
            return;
        }
        if (context.HandlerInstance is PageModel { ModelState.IsValid: false } unread && context.HandlerMethod is { HttpMethod: "Post" })
        {
            // What could not be read (a date that is none) is said at its field before any use case runs.
            context.Result = await Again(unread, context.HttpContext, unread.ModelState.Where(s => s.Value?.Errors.Count > 0).Select(s => s.Key).ToHashSet(StringComparer.Ordinal));
            return;
        }
        var done = await next();
        switch (done.Exception)
        {
            case RefusedException:
                done.ExceptionHandled = true;
                done.Result = new NotFoundResult();
                break;
            case StaleFactorException when who.Caller.Account is { } self:
                done.ExceptionHandled = true;
                done.Result = way.ShowFactor(context.HttpContext, self);
                break;
            case ValidationException invalid when context.HandlerInstance is PageModel page:
                foreach (var fault in invalid.Errors) page.ModelState.AddModelError(FieldOf(page, fault.PropertyName), fault.ErrorMessage);
                done.ExceptionHandled = true;
                done.Result = await Again(page, context.HttpContext, new HashSet<string>());
                break;
        }
    }

    // The page may need its lists again before it can show the form with what was typed.
    private static async Task<IActionResult> Again(PageModel page, HttpContext http, IReadOnlySet<string> unread)
    {
        if (page is IShowAgain again) await again.ShowAgain(http.RequestAborted);
        Over.TakeTheirs(page, http, unread);
        http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page.Page();
    }

    private IActionResult? Door(CompiledPageActionDescriptor page, HttpContext http)
    {
        var where = http.Features.GetRequiredFeature<Whereabouts>();
        var first = page.AttributeRouteInfo?.Template?.Split('/')[0] ?? "";
        var inZone = where.IsZonePath;
        if (first.Length > 0 && inZone == Zoneless.Contains(first)) return new NotFoundResult();
        var demand = Demand.Of(page.ModelTypeInfo!) ?? Demand.Of(page.HandlerTypeInfo) ?? throw new InvalidOperationException($"{page.DisplayName} carries neither [Requires] nor [Open].");
        if (demand.Deed is not { } deed) return null;
        if (who.Caller.May(deed)) return who.Caller.Account is { } self && FreshFactorAttribute.On(page.ModelTypeInfo!) && !who.Caller.IsFresh(clock.GetUtcNow()) ? way.ShowFactor(http, self) : null;
        // Nobody in particular is asked to sign in, for a zone that exists or not; somebody without the right sees what is not there.
        return who.Caller.Account is null ? way.SignIn(http, who.Was) : new NotFoundResult();
    }

    // A rule names the command's field; the form binds the command as a property of the page.
    private static string FieldOf(PageModel page, string field) => page.GetType().GetProperty("Form") is null ? field : "Form." + field;
}

/// <summary>A page whose form needs lists: filled again when a rule turned the form back.</summary>
public interface IShowAgain
{
    Task ShowAgain(CancellationToken ct);
}
