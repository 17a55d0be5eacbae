using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using VictimSupport.PublicDesk.Contracts;
using VictimSupport.PublicDesk.Requests;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.PublicDesk;

/// <summary>Somebody without an account who asks for an appointment.</summary>
internal static class Asking
{
    public const string Form = "main form[action$='/appointment']", Check = "main form[action$='handler=Send']";

    /// <summary>Somebody in front of the public pages, with a browser that says where its forms were filled in.</summary>
    public static Visit Anybody(this TestZone zone) => zone.Passer();

    public static Dictionary<string, string> Filled() => new()
    {
        ["Form.Need"] = "Appointment", ["Form.Way"] = "Sms", ["Form.Reach"] = "0470 12 34 56", ["Form.OnlyIf"] = "True", ["Form.Hours"] = "after six", ["Form.CodeWord"] = "Sunflower", ["Form.Called"] = "Zzcanary",
        ["Form.Language"] = "ar", ["Form.Interpreter"] = "true", ["Form.When"] = "Soon", ["Form.Parts"] = "Evening", ["Form.Place"] = "Elsewhere", ["Form.More"] = "A child comes along",
    };

    /// <summary>Fills in the form and asks for the check.</summary>
    public static async Task<HttpResponseMessage> Checks(this Visit visit, Platform platform, IEnumerable<KeyValuePair<string, string>>? fields = null, string language = "en")
    {
        var form = (await visit.Page($"/{language}/appointment")).QuerySelector<IHtmlFormElement>(Form)!;
        platform.Clock.Advance(TimeSpan.FromSeconds(4));
        return await visit.Send($"/{language}/appointment", form, fields ?? Filled());
    }

    /// <summary>The form of the check, to be sent.</summary>
    public static async Task<IHtmlFormElement> Sendable(this Visit visit, Platform platform, IEnumerable<KeyValuePair<string, string>>? fields = null)
    {
        var page = await Visit.Read(await visit.Checks(platform, fields));
        return page.QuerySelector<IHtmlFormElement>(Check) ?? throw new InvalidOperationException("Not accepted: " + page.QuerySelector(".govuk-error-summary")?.TextContent);
    }

    /// <summary>The whole way.</summary>
    /// <returns>Reference and code.</returns>
    public static async Task<(string Reference, string Code)> Asks(this Visit visit, Platform platform, IEnumerable<KeyValuePair<string, string>>? fields = null) =>
        Signs(await Visit.Read(await visit.Send("", await visit.Sendable(platform, fields), [])));

    public static (string Reference, string Code) Signs(IHtmlDocument page) => page.QuerySelectorAll(".vs-ask__sign").Select(s => s.TextContent).ToList() is [var reference, var code] ? (reference, code) : throw new InvalidOperationException("Not sent: " + page.QuerySelector("main")!.TextContent);

    /// <summary>The same through the pipeline.</summary>
    public static async Task<Guid> AsksFor(this Person by, string called = "Ada", Way way = Way.Call, string? reach = "0470 12 34 56", bool onlyIf = false, Haste? when = null)
    {
        var once = Guid.CreateVersion7(by.Zone.Platform.Clock.GetUtcNow());
        await by.Send(new Ask.Command
        {
            Once = once, Secret = once.ToByteArray(), Need = Need.CallBack, Way = way, Reach = way == Way.Self ? null : reach, OnlyIf = onlyIf, Hours = onlyIf ? "9 to 11" : null, MayBeSaid = onlyIf ? "say it is the library" : null, CodeWord = onlyIf ? "Sunflower" : null,
            Called = called, Language = "tr", Interpreter = true, When = when, Parts = ["Morning", "Weekend"], Place = Spot.Home, More = "With my sister",
        });
        return once;
    }
}
