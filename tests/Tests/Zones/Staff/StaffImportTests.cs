using AngleSharp.Dom;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Jobs;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Tests.Kit;
using VictimSupport.Zones.Staff;
using Invitation = VictimSupport.Identity.Invitations.Invitation;

namespace VictimSupport.Tests.Zones;

/// <summary>Staff from a file.</summary>
public sealed class StaffImportTests(Platforms platforms)
{
    private const string Header = "name,email,roles,until,language\n";
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Theory]
    [InlineData(",a@x.be,caseworker,,", "line 2, column name: Enter a name")]
    [InlineData("=cmd(),a@x.be,caseworker,,", "line 2, column name: This begins with a sign that a spreadsheet takes for a formula")]
    [InlineData("＝cmd(),a@x.be,caseworker,,", "line 2, column name: This begins with a sign that a spreadsheet takes for a formula")]
    [InlineData("A\u200Bnn,a@x.be,caseworker,,", "line 2, column name: Line breaks and control characters are not allowed")]
    [InlineData("\uFEFFAnn,a@x.be,caseworker,,", "line 2, column name: Line breaks and control characters are not allowed")] // two files put together
    [InlineData("Ann,=a@x.be,caseworker,,", "line 2, column email: Enter a valid e-mail address")]
    [InlineData("Ann,ann,caseworker,,", "line 2, column email: Enter a valid e-mail address")]
    [InlineData("Ann,аnn@x.be,caseworker,,", "line 2, column email: “а” is not a plain Latin letter or sign; it only looks like one")]
    [InlineData("Ann,ann@x.be,caseworker,,\nAnn,ANN@X.be,trainee,,", "line 3, column email: This address is on line 2 already")]
    [InlineData("Ann,ann@x.be,,,", "line 2, column roles: Choose a role")]
    [InlineData("Ann,ann@x.be,data-protection-officer;coordinator,,", "line 2, column roles: Whoever is data-protection officer holds no other role in the zone")]
    [InlineData("Ann,ann@x.be,caseworker,31/12/2026,", "line 2, column until: A day such as 2026-12-31")]
    [InlineData("Ann,ann@x.be,caseworker,2026-02-30,", "line 2, column until: A day such as 2026-12-31")]
    [InlineData("Ann,ann@x.be,caseworker,2026-11-24,", "line 2, column until: This date has passed")]
    [InlineData("Ann,ann@x.be,caseworker,,es", "line 2, column language: One of fr, nl, de, en")]
    [InlineData("Ann,ann@x.be,caseworker", "line 2: 3 fields instead of 5")]
    [InlineData("An\"n,ann@x.be,caseworker,,", "line 2: A quotation mark is missing or stands in the wrong place")]
    [InlineData("\"A\nn\",ann@x.be,caseworker,,\n,b,,,", "line 2, column name: Line breaks and control characters are not allowed|line 4, column name: Enter a name|line 4, column email: Enter a valid e-mail address|line 4, column roles: Choose a role")]
    public void Every_fault_is_named_with_its_line_and_column(string lines, string expected) => Assert.Equal(expected.Split('|'), Read(Header + lines).Select(f => f.ToString()));

    [Fact]
    public void An_unknown_role_is_named_with_those_there_are_and_an_operator_is_none()
    {
        foreach (var role in new[] { "operator", "analyst", "Caseworker", "zoneadministrator", "1" })
            Assert.StartsWith($"line 2, column roles: “{role}” is none of: caseworker, caseworker-on-call, coordinator,", Assert.Single(Read(Header + $"Ann,ann@x.be,{role},,")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_none_or_too_large_says_so()
    {
        Assert.StartsWith("line 1: The first line must read: name,email,roles,until,language", Read("naam;mail\nAnn;x").Single().ToString(), StringComparison.Ordinal);
        Assert.Equal("line 1: The file holds nobody", Read(Header).Single().ToString());
        Assert.Contains("UTF-8", Assert.Single(StaffFile.Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Header)], "fr", Today).Faults).ToString(), StringComparison.Ordinal);
        Assert.Equal("line 1: The file is larger than 512 kB", Read(Header + new string('x', StaffFile.LargestBytes)).Single().ToString());
        Assert.Contains("A quotation mark is missing", Read(Header + "\"Ann,ann@x.be,caseworker,,\nBea,bea@x.be,trainee,,").Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF", "\n"), InlineData("", "\r\n"), InlineData("\uFEFF", "\r\n")]
    public void A_mark_at_the_start_quotes_and_either_line_end_are_fine(string mark, string end)
    {
        var (people, faults) = StaffFile.Read(Encoding.UTF8.GetBytes(mark + Header.Replace("\n", end, StringComparison.Ordinal) + $"\"De Proef, Ann \"\"Annie\"\"\",ann@x.be, caseworker ; on-call ;caseworker,2027-01-31,{end}{end}"), "nl", Today);
        Assert.Empty(faults);
        var ann = Assert.Single(people);
        Assert.Equal(("De Proef, Ann \"Annie\"", "ann@x.be", new DateOnly(2027, 1, 31), "nl"), (ann.Name, ann.Email, ann.Until, ann.Language));
        Assert.Equal([Role.Caseworker, Role.OnCall], ann.Roles);
    }

    [Theory, EveryEngine]
    public async Task The_administrator_checks_a_file_takes_it_in_and_the_same_file_again_changes_nothing(string engine)
    {
        await using var platform = Platform.Start(engine);
        var zone = await platform.Zone("nl");
        using var administrator = zone.Visit(Role.ZoneAdministrator);
        var colleague = await VictimSupport.Tests.Casework.Staff.Hires(zone, "karel", Role.Caseworker);
        var file = Header + $"Ann,ann@x.be,caseworker,,fr\nBea,bea@x.be,small-service,2027-06-30,\nKarel,{VictimSupport.Tests.Casework.Staff.AddressOf(zone, "karel")},caseworker-on-call,,\nBad,bad,caseworker,,\n";

        var checkedOnly = await Check(administrator, file);
        Assert.Contains("line 5, column email", checkedOnly, StringComparison.Ordinal);
        var refused = await administrator.Submit("/admin/staff/import", Typed(file));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("Ann,ann@x.be", (await Visit.Read(refused)).QuerySelector("textarea")!.TextContent, StringComparison.Ordinal); // what was typed is kept
        Assert.Equal(0, await Invited(platform));

        var taken = await administrator.Submit("/admin/staff/import", Typed(file).Append(KeyValuePair.Create("Form.SkipBadLines", "true")));
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        Assert.Equal(2, await Invited(platform));
        await platform.RunHouseJob();
        Assert.Equal(["ann@x.be", "bea@x.be"], platform.Post.Letters.Select(l => l.To).Order());
        Assert.Equal(2, platform.Post.Letters.Select(l => l.Subject).Distinct().Count()); // each in their language
        var karels = await platform.RolesOf(colleague.Id);
        Assert.Equal([Role.Caseworker, Role.OnCall], karels.Select(g => g.Role).Order()); // a colleague gets what is missing, and it waits
        Assert.True(karels.Single(g => g.Role == Role.OnCall).IsWaiting(platform.Clock.GetUtcNow()));

        Assert.Contains("0 new, 0 changed, 3 unchanged", await Check(administrator, file.Replace("Bad,bad,caseworker,,\n", "", StringComparison.Ordinal)), StringComparison.Ordinal);
        await administrator.Submit("/admin/staff/import", Typed(file).Append(KeyValuePair.Create("Form.SkipBadLines", "true")));
        await platform.RunHouseJob();
        Assert.Equal(2, await Invited(platform));
        Assert.Equal(2, platform.Post.Letters.Count);
        Assert.Equal(2, (await platform.RolesOf(colleague.Id)).Count);

        // Other terms replace the open invitation.
        await administrator.Submit("/admin/staff/import", Typed(Header + "Ann,ANN@x.be,trainee,,\n"));
        Assert.Equal([false, true], (await Rows(platform)).Where(i => i.NormalizedEmail == "ANN@X.BE").Select(i => i.IsOpen(platform.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task A_file_is_uploaded_and_one_that_is_too_large_is_refused_by_name()
    {
        var platform = await platforms.On("sqlite");
        using var administrator = (await platform.Zone()).Visit(Role.ZoneAdministrator);
        Assert.Contains("1 new", await Upload(administrator, Encoding.UTF8.GetBytes(Header + "Ann,ann@x.be,caseworker,,")), StringComparison.Ordinal);
        Assert.Contains("larger than 512 kB", await Upload(administrator, new byte[StaffFile.LargestBytes + 100]), StringComparison.Ordinal);
        Assert.Contains("Choose a file", (await Visit.Read(await administrator.Submit("/admin/staff/import", []))).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Oneself_and_roles_that_clash_with_those_held_are_faults_of_their_line()
    {
        var platform = await platforms.On("sqlite");
        var zone = await platform.Zone();
        var chief = await VictimSupport.Tests.Casework.Staff.Hires(zone, "chief", Role.ZoneAdministrator);
        await VictimSupport.Tests.Casework.Staff.Hires(zone, "greta", Role.DataProtectionOfficer);
        using var visit = chief.Visit();
        var said = await Check(visit, Header + $"Chief,{VictimSupport.Tests.Casework.Staff.AddressOf(zone, "chief").ToUpperInvariant()},coordinator,,\nGreta,{VictimSupport.Tests.Casework.Staff.AddressOf(zone, "greta")},coordinator,,\n");
        Assert.Contains("line 2, column email: Nobody gives himself a role", said, StringComparison.Ordinal);
        Assert.Contains("line 3, column roles: Whoever is data-protection officer", said, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task An_address_that_passes_for_another_or_for_oneself_is_a_fault_of_its_line(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var chief = await VictimSupport.Tests.Casework.Staff.Hires(zone, "chief", Role.ZoneAdministrator);
        await VictimSupport.Tests.Casework.Staff.Hires(zone, "karel", Role.Caseworker);
        using var visit = chief.Visit();
        var file = Header + $"Karel,kare1@{zone.Code}.example,caseworker,,\nOma,oma@x.be,trainee,,\nOma,0ma@x.be,trainee,,\nChief,chief+x@{zone.Code}.example,coordinator,,\n";
        var said = await Check(visit, file);
        foreach (var line in new[] { 2, 4 }) Assert.Contains($"line {line}, column email: This address can be mistaken", said, StringComparison.Ordinal);
        Assert.Contains("line 5, column email: Nobody gives himself a role", said, StringComparison.Ordinal);
        Assert.DoesNotContain("line 3", said, StringComparison.Ordinal);
        await visit.Submit("/admin/staff/import", Typed(file).Append(KeyValuePair.Create("Form.SkipBadLines", "true")));
        Assert.Equal(["oma@x.be"], (await Rows(zone.Platform)).Where(i => i.Zone == zone.Id).Select(i => i.Email));
    }

    private static IReadOnlyList<VictimSupport.Zones.Contracts.LineFault> Read(string file)
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("en");
        return StaffFile.Read(Encoding.UTF8.GetBytes(file), "fr", Today).Faults;
    }

    private static IEnumerable<KeyValuePair<string, string>> Typed(string file) => [KeyValuePair.Create("Form.Text", file)];

    private static async Task<string> Check(Visit visit, string file)
    {
        var form = (await visit.Page("/admin/staff/import")).QuerySelectorAll<IHtmlFormElement>("main form").Last();
        form.SetAttribute("action", form.QuerySelector("button[formaction]")!.GetAttribute("formaction")!);
        return (await Visit.Read(await visit.Send("", form, Typed(file)))).QuerySelector("main")!.TextContent;
    }

    private static async Task<string> Upload(Visit visit, byte[] file)
    {
        var form = (await visit.Page("/admin/staff/import")).QuerySelectorAll<IHtmlFormElement>("main form").Last();
        using var content = new MultipartFormDataContent();
        foreach (var hidden in form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]")) content.Add(new StringContent(hidden.Value), hidden.Name!);
        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        content.Add(part, "Form.File", "staff.csv");
        var response = await visit.Client.PostAsync(form.QuerySelector("button[formaction]")!.GetAttribute("formaction")!, content, TestContext.Current.CancellationToken);
        return (await Visit.Read(response)).Body!.TextContent;
    }

    private static async Task<IReadOnlyList<Invitation>> Rows(Platform platform)
    {
        await using var house = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        return await house.Set<Invitation>().AsNoTracking().OrderBy(i => i.Created).ToListAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<int> Invited(Platform platform) => (await Rows(platform)).Count;
}
