using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.Routing;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.Routing;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Pipeline;

namespace VictimSupport.Design.Tags;

/// <summary>A form that posts, proves where it comes from, and carries an id by which a second sending is recognised.</summary>
[HtmlTargetElement("vs-form")]
public sealed class FormTag(IAntiforgery antiforgery, IUrlHelperFactory urls, IEnumerable<IKeepDrafts> keepers) : TagHelper
{
    /// <summary>The name of the hidden field with the one-time id of this form (Guid v7).</summary>
    public const string Once = "vs-once";

    /// <summary>Fields of a form that is kept while it is filled in: its name, where it is kept, over which version it was filled in, the count of its savings, and lists in which nothing is ticked.</summary>
    public const string Place = "vs-place", Kept = "vs-draft", Version = "vs-version", Turn = "vs-turn", Unticked = "vs-unticked";

    /// <summary>The button that keeps a form without sending it, where no script does.</summary>
    public const string KeepNow = "vs-keep";

    /// <summary>The header by which a form says that it is saved and not sent.</summary>
    public const string SavesItself = "Vs-Draft";

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    /// <summary>get for a filter whose answer may be kept as a link; post for everything else.</summary>
    public string Method { get; set; } = "post";

    /// <summary>The page to send to; this page where nothing is said.</summary>
    public string? Page { get; set; }

    public string? Handler { get; set; }

    /// <summary>A complete address, instead of a page.</summary>
    public string? Action { get; set; }

    [HtmlAttributeName("route-all", DictionaryAttributePrefix = "route-")]
    public IDictionary<string, string?> Route { get; set; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keeps what is typed, under this name (lower-case letters, and perhaps an id), until the form is sent; its fields bind <c>Form</c>. What was left is filled in again when its writer comes back.</summary>
    public string? Draft { get; set; }

    /// <summary>For a form filled in on a bad line: where there is no connection it stays as it is, says so, and is sent once there is one. Needs <see cref="Draft"/>; with script off it is a form like any other.</summary>
    public bool KeepsTrying { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "form";
        output.Attributes.SetAttribute("method", Method);
        output.Attributes.SetAttribute(new TagHelperAttribute("novalidate", null, HtmlAttributeValueStyle.Minimized));
        if (Target() is { } action) output.Attributes.SetAttribute("action", action);
        if (Method != "post") return;

        var once = OnceId();
        output.PreContent.AppendHtml(Hidden(Once, once));
        // A page for anybody keeps no cookie; it knows its own forms by another sign.
        if (View.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: false }) return;

        var tokens = antiforgery.GetAndStoreTokens(View.HttpContext);
        output.PreContent.AppendHtml(Hidden(tokens.FormFieldName, tokens.RequestToken ?? ""));
        if (Draft?.Trim() is { Length: > 0 } name) await Keep(context, output, name, once, tokens);
        if (Handler is null && Page is null && Action is null && View.ViewData.Model is PageModel page && Over.Of(page, View.HttpContext) is { } over) output.PreContent.AppendHtml(Hidden(Over.Name, LeftOver() ?? over));
    }

    // A form that is filled in again as it was left was filled in over what stood there then.
    string? LeftOver() => !HttpMethods.IsPost(View.HttpContext.Request.Method) && View.ViewData.ModelState.TryGetValue(Over.Name, out var left) ? left.AttemptedValue : null;

    // Before the fields are written, so that each finds what was typed where it looks for it after a try that failed.
    async Task Keep(TagHelperContext context, TagHelperOutput output, string name, string once, AntiforgeryTokenSet tokens)
    {
        var http = View.HttpContext;
        var turnedBack = http.Request.HasFormContentType && http.Request.Form[Place] == name;
        DraftForm? kept = null;
        if (!turnedBack)
        {
            foreach (var keeper in keepers) kept ??= await keeper.Find(http, name);
        }
        output.PreContent.AppendHtml(Hidden(Place, name));
        output.PreContent.AppendHtml(Hidden(Kept, turnedBack ? Guid.TryParse(http.Request.Form[Kept], out var same) ? same.ToString() : "" : kept?.Id.ToString() ?? ""));
        output.Attributes.SetAttribute("data-draft", kept?.Version.ToString(CultureInfo.InvariantCulture) ?? "0");
        output.Attributes.SetAttribute("data-not-saved", Words.DraftNotSaved);
        if (KeepsTrying)
        {
            output.Attributes.SetAttribute("data-no-line", Words.DraftNoLine);
            output.Attributes.SetAttribute("data-not-sent", Words.DraftNotSent);
            output.Attributes.SetAttribute("data-refused", Words.DraftRefused);
        }
        if (turnedBack) output.Attributes.SetAttribute("data-typed", "");
        var lists = new List<string>();
        context.Items[typeof(FormTag)] = lists;
        output.PostContent.AppendHtml(new WithoutScript(Target() ?? Here(http.Request), turnedBack ? Number(http.Request.Form[Version]) : kept?.Version ?? 0, lists));
        output.PostContent.AppendHtml(Make.Tag("p", "govuk-hint vs-saved").With("role", "status").With("data-saved", ""));
        if (kept is null) return;
        foreach (var (box, typed) in kept.Boxes) Restore(View.ViewData.ModelState, box, typed);
        output.PreElement.AppendHtml(Said(kept));
        output.PostElement.AppendHtml(Away(kept, once, tokens));
    }

    static int Number(string? sent) => int.TryParse(sent, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // Without what a form carries of its own: each showing has another.
    static string Here(HttpRequest asked) => $"{asked.PathBase}{asked.Path}{QueryString.Create(asked.Query.Where(q => !q.Key.StartsWith("vs-", StringComparison.OrdinalIgnoreCase)))}";

    /// <summary>A list or a box of the form that may be sent with nothing ticked: it is kept as that.</summary>
    internal static void MayBeEmpty(TagHelperContext context, string name)
    {
        if (context.Items.TryGetValue(typeof(FormTag), out var found) && found is List<string> lists && !lists.Contains(name)) lists.Add(name);
    }

    // Behind the form's own buttons, so that Enter presses theirs; it sends by default and says no type: the buttons that say it do the form's deed. Written when the fields are known.
    sealed class WithoutScript(string action, int version, List<string> lists) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            var said = Make.Tag("noscript");
            foreach (var list in lists) said.Holding(Hidden(Unticked, list));
            said.Holding(Hidden(Version, version.ToString(CultureInfo.InvariantCulture)));
            said.Holding(Make.Tag("button", "govuk-button govuk-button--secondary vs-button--small", Words.DraftKeep).With("formaction", action).With("name", KeepNow).With("value", "true"));
            said.WriteTo(writer, encoder);
        }
    }

    static void Restore(ModelStateDictionary state, string box, string[] typed)
    {
        state.SetModelValue(box, typed.Length == 1 ? typed[0] : typed, string.Join(',', typed));
        // What the page itself found wrong stays said.
        if (state.GetFieldValidationState(box) != ModelValidationState.Invalid) state.MarkFieldSkipped(box);
    }

    // Not inside the form: a button there would be the one that Enter presses.
    static TagBuilder Said(DraftForm kept)
    {
        var said = Make.Tag("div", "vs-kept").Holding(
            Make.Tag("p", "govuk-body", Words.DraftRestored(Moment.Show(kept.Saved))),
            Make.Tag("button", "govuk-button govuk-button--secondary vs-button--small", Words.DraftAway).With("type", "submit").With("form", AwayOf(kept)));
        foreach (var (saved, href) in kept.Others) said.Holding(Make.Tag("p", "govuk-body-s").Holding(Make.Tag("a", "govuk-link", Words.DraftOther(Moment.Show(saved))).With("href", href)));
        return said;
    }

    static TagBuilder Away(DraftForm kept, string once, AntiforgeryTokenSet tokens) => Make.Tag("form").With("id", AwayOf(kept)).With("method", "post").With("action", kept.AwayHref).With("data-away", "").Holding(
        Hidden(tokens.FormFieldName, tokens.RequestToken ?? ""), Hidden(Once, once), Hidden("back", kept.Back));

    static string AwayOf(DraftForm kept) => "vs-away-" + kept.Id;

    string? Target()
    {
        if (Action is not null) return Action;
        return Page is null && Handler is null && Route.Count == 0
            ? null
            : urls.GetUrlHelper(View).Page(Page, Handler, new RouteValueDictionary(Route));
    }

    // A form shown again because something was wrong is still the same form.
    string OnceId() =>
        View.HttpContext.Request.HasFormContentType && Guid.TryParse(View.HttpContext.Request.Form[Once], out var same)
            ? same.ToString()
            : Guid.CreateVersion7().ToString();

    static TagBuilder Hidden(string name, string value) =>
        Make.Void("input").With("type", "hidden").With("name", name).With("value", value);
}
