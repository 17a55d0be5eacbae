using System.Net;
using System.Text;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Whatever is sent, the answer is a page with a reason: never a 500, never a hang.</summary>
public sealed class BadInputTests(Platforms platforms)
{
    private static readonly string Wild = string.Concat(Enumerable.Repeat("Ægidius-Łukasz \u202Eثلاثة ", 20));

    public static TheoryData<string, string> Bad => new()
    {
        { "Form.FamilyName", new string('ß', 10_000) },
        { "Form.FamilyName", Wild },
        { "Form.FamilyName", "\0Dupont" },
        { "Form.FamilyName", "\u0001\u001b[2J\ud800" },
        { "Form.When.Date", "2026-02-30" },
        { "Form.When.Date", "99999-01-01" },
        { "Form.When.Time", "25:61" },
        { "Form.When.Date", "0001-01-01" },
        { "Form.Phone", "'; DROP TABLE person; --" },
        { "Form.Phone", new string('0', 5_000) },
        { "Form.Trigger", "99999999999999" },
        { "Form.Trigger", "Nothing" },
        { "Form.SubKind", "../../etc/passwd" },
        { "Form.Capacity", "Deceased,AllegedAuthor" },
        { "Form.Safe", "-1" },
        { "Form.Language", "xx" },
        { "Form.Municipality", new string('x', 5_000) },
        { "Form.Note", new string('n', 1_500_000) },
        { "vs-once", "not a guid" },
        { "Form[0].Deep[1].Deeper", "x" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task The_intake_answers_bad_input_with_a_reason(string field, string value)
    {
        foreach (var engine in Platforms.Engines)
        {
            var zone = await (await platforms.On(engine)).Zone();
            using var visit = zone.Visit(Role.Caseworker);
            var fields = new Dictionary<string, string> { ["Form.Trigger"] = "Patrol", ["Form.SubKind"] = "Burglary", ["Form.FamilyName"] = "Exemple", ["Form.GivenName"] = "Ada", ["Form.Language"] = "fr", [field] = value };
            var response = await visit.Submit("/intake", fields);
            Assert.True((int)response.StatusCode < 500, $"{engine}: {field} answered {(int)response.StatusCode}");
        }
    }

    [Fact]
    public async Task What_was_typed_stays_when_a_field_is_wrong()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var response = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.FamilyName"] = "Lefèvre-Łukasz", ["Form.Note"] = "long story", ["Form.Phone"] = "no number" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var page = await Visit.Read(response);
        Assert.Equal("Lefèvre-Łukasz", page.QuerySelector("[name='Form.FamilyName']")!.GetAttribute("value"));
        Assert.Contains("long story", page.QuerySelector("[name='Form.Note']")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.QuerySelector(".govuk-error-summary"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_named()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        var response = await visit.Submit("/intake", new Dictionary<string, string> { ["Form.Note"] = new('n', 10_000_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_not_feared()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        using var content = new ByteArrayContent([.. Encoding.ASCII.GetBytes("Form.FamilyName="), 0xC3, 0x28, 0xFF]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        Assert.True((int)(await visit.Client.PostAsync($"/{zone.Code}/intake", content, TestContext.Current.CancellationToken)).StatusCode is >= 400 and < 500);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var zone = await (await platforms.On("sqlite")).Zone();
        using var visit = zone.Visit(Role.Caseworker);
        Assert.Equal(HttpStatusCode.BadRequest, (await visit.Forge("/intake", ("Form.FamilyName", "Exemple"))).StatusCode);
    }
}
