using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>A marked name is typed into every box of every form of a zone, as the pages themselves show them; a new form is walked the minute it exists. Afterwards the mark stands in no log, trace,
/// address, mail, and in no file but behind a seal.</summary>
public sealed class CanaryFormsTests
{
    /// <summary>About somebody who is helped: sealed wherever it is kept.</summary>
    private const string Secret = "Zzkanarie";

    /// <summary>About the house (names of colleagues and of services, the zone's wording): it may stand in the catalogue, and nowhere else.</summary>
    private const string OfTheHouse = "Zzhaushalt";

    /// <summary>Boxes of the casework that hold a code or the house's own words.</summary>
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal) { "Form.Municipality", "Form.Room" };

    /// <summary>Ticked, because other boxes are asked for only then.</summary>
    private static readonly HashSet<string> Ticked = new(StringComparer.Ordinal) { "Form.ForThem" };

    // Beside that one it is turned back: of whom the contact was not with, no rules were asked.
    private static readonly HashSet<string> LeftOpen = new(StringComparer.Ordinal) { "Form.StillValid" };

    private static readonly Role[] Order = [Role.Caseworker, Role.Coordinator, Role.FrontDesk, Role.ZoneAdministrator, Role.DataProtectionOfficer, Role.OnCall, Role.Trainee, Role.OutsideStandIn, Role.Visitor];

    [Fact]
    public async Task What_is_typed_into_any_form_of_a_zone_lies_open_nowhere()
    {
        await using var platform = Platform.Start("sqlite");
        var world = await World.Make(platform);
        var (spans, sent, taken) = (new ConcurrentBag<string>(), new List<string>(), new List<string>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => spans.Add($"{a.DisplayName} {string.Join(' ', a.TagObjects.Select(t => $"{t.Key}={t.Value}"))} {string.Join(' ', a.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        foreach (var door in (await Doors.Of(platform.Services)).Where(d => d is { IsInZone: true, IsForPrograms: false, Page: not null, Demand.Deed: not null } && d.Knocks.Any(k => k.Method == "POST")))
        {
            if (Order.Where(r => AccessMatrix.Allows(door.Demand!.Deed!.Value, [r])).Select(r => (Role?)r).FirstOrDefault() is not { } role) continue;
            using var visit = world.Visit(role);
            var path = $"/{world.Zone.Code}" + door.Path(p => world.Of(p.Name)[0].ToString());
            var answer = await visit.Get(path);
            if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            var ours = door.Page!.Namespace!.StartsWith("VictimSupport.Casework", StringComparison.Ordinal) && door.Demand!.Deed != May.SetUpTheZone; // the zone's own wording of letters is about nobody
            foreach (var form in (await Visit.Read(answer)).QuerySelectorAll<IHtmlFormElement>("main form[method=post]"))
            {
                // Some forms speak of what was, some of what will be: the other day is tried where one is turned back.
                if (Filled(form, ours, "2026-11-25") is not { Count: > 0 } fields) continue;
                var result = await visit.Send(path, form, fields);
                if (result.StatusCode == HttpStatusCode.UnprocessableEntity) result = await visit.Send(path, form, Filled(form, ours, "2026-11-23")!);
                Assert.True((int)result.StatusCode < 500, $"{door} answered {(int)result.StatusCode}");
                var to = result.Headers.Location?.ToString() ?? "";
                Assert.DoesNotContain(Secret, to, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(OfTheHouse, to, StringComparison.OrdinalIgnoreCase);
                sent.Add(door.Text);
                if (result.StatusCode == HttpStatusCode.Redirect) taken.Add(door.Text);
            }
        }
        await world.Zone.RunJobs();
        await platform.RunHouseJob();
        platform.Clock.Advance(TimeSpan.FromDays(4));
        await world.Zone.RunJobs();

        // Those by which most is written were really taken: what follows would be true of an empty house.
        string[] must = ["/intake", "/message", "/dossiers/{dossier:guid}", "/dossiers/{dossier:guid}/contact", "/dossiers/{dossier:guid}/facts", "/dossiers/{dossier:guid}/people/{person:guid?}", "/admin/letters"];
        Assert.True(sent.Distinct().Count() >= 18 && must.All(taken.Contains), $"Not taken: {string.Join(", ", must.Except(taken))}. Taken: {string.Join(", ", taken.Distinct())}. Sent: {string.Join(", ", sent.Distinct())}");
        Assert.Empty(await CanaryTests.Holding(world.Zone, Secret));
        foreach (var mark in new[] { Secret, OfTheHouse })
        {
            Assert.DoesNotContain(platform.Logs.Lines, line => line.Contains(mark, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(spans, span => span.Contains(mark, StringComparison.OrdinalIgnoreCase));
        }
        Assert.NotEmpty(spans);
        Assert.DoesNotContain(platform.Post.Letters, l => (l.Key + l.Subject + l.Text).Contains(Secret, StringComparison.OrdinalIgnoreCase));
        // The scan sees what lies open.
        Assert.NotEmpty(await CanaryTests.Holding(world.Zone, OfTheHouse));
    }

    // What somebody would fill in who fills in everything; null where there is nothing to type.
    private static List<KeyValuePair<string, string>>? Filled(IHtmlFormElement form, bool ours, string day)
    {
        var (fields, typed) = (new List<KeyValuePair<string, string>>(), false);
        foreach (var group in form.Elements.Where(e => e.GetAttribute("name") is { Length: > 0 }).GroupBy(e => e.GetAttribute("name")!))
        {
            var (name, mark) = (group.Key, ours && !Codes.Contains(group.Key) ? Secret : OfTheHouse);
            switch (group.First())
            {
                case IHtmlTextAreaElement: Type(name, mark + " is een naam."); break;
                case IHtmlInputElement { Type: "text" or "search" } text when text.GetAttribute("inputmode") is null: Type(name, mark); break;
                case IHtmlInputElement { Type: "text" } number: fields.Add(KeyValuePair.Create(name, number.Value is { Length: > 0 } known ? known : name.EndsWith(".Year", StringComparison.Ordinal) ? "1980" : name.EndsWith(".Month", StringComparison.Ordinal) ? "3" : "30")); break;
                case IHtmlInputElement { Type: "email" }: fields.Add(KeyValuePair.Create(name, "somebody@example.org")); break;
                case IHtmlInputElement { Type: "tel" }: fields.Add(KeyValuePair.Create(name, "0478 12 34 56")); break;
                case IHtmlInputElement { Type: "date" }: fields.Add(KeyValuePair.Create(name, name.Contains("Due", StringComparison.Ordinal) ? "2026-11-25" : day)); break;
                case IHtmlInputElement { Type: "time" }: fields.Add(KeyValuePair.Create(name, name.Contains("Until", StringComparison.Ordinal) ? "17:00" : "08:00")); break;
                case IHtmlInputElement { Type: "radio" } when !group.OfType<IHtmlInputElement>().Any(r => r.IsChecked): fields.Add(KeyValuePair.Create(name, group.OfType<IHtmlInputElement>().First().Value)); break;
                case IHtmlInputElement when Ticked.Contains(name): fields.Add(KeyValuePair.Create(name, "true")); break;
                case IHtmlInputElement { Type: "checkbox" } first when !LeftOpen.Contains(name) && first.Value != "true" && !group.OfType<IHtmlInputElement>().Any(r => r.IsChecked): fields.Add(KeyValuePair.Create(name, first.Value)); break;
                case IHtmlSelectElement { Value: null or "" } select when select.Options.FirstOrDefault(o => o.Value.Length > 0) is { } some: fields.Add(KeyValuePair.Create(name, some.Value)); break;
            }
        }
        return typed ? fields : null;

        void Type(string name, string text)
        {
            typed = true;
            fields.Add(KeyValuePair.Create(name, text));
        }
    }
}
