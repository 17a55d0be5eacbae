using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Audit;
using VictimSupport.Privacy.Audit;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Privacy;

/// <summary>The zone-wide audit: by person, period, kind and dossier; without dossiers for the administrator; without what stands behind a wall.</summary>
public sealed class AuditLogTests(Platforms platforms)
{
    [Theory, EveryEngine]
    public async Task The_officer_sees_dossiers_and_why_the_administrator_acts_persons_and_times(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("worker", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        await worker.Opens(dossier);
        var number = await NumberOf(zone, dossier);

        var seen = await zone.As(Role.DataProtectionOfficer).Send(new Log.Query());
        var opened = Assert.Single(seen.Rows, r => r.Line.Act == "Casework.Dossiers.ShowView");
        Assert.Equal((worker.Id, number, "assigned"), (opened.Line.Actor, opened.Dossier, opened.Line.Why));

        var bare = await zone.As(Role.ZoneAdministrator).Send(new Log.Query());
        Assert.False(bare.SeesDossiers);
        Assert.Contains(bare.Rows, r => r.Line.Act == "Casework.Dossiers.ShowView" && r.Line.Actor == worker.Id);
        Assert.All(bare.Rows, r => Assert.True(r is { Dossier: null, Listed: null }));
        Assert.Empty((await zone.As(Role.ZoneAdministrator).Send(new Log.Query { Dossier = number })).Rows); // a number tells the administrator nothing

        using var visit = zone.Visit(Role.ZoneAdministrator);
        var page = (await visit.Page("/privacy/audit")).Body!.TextContent;
        Assert.Contains("Dossier opened", page, StringComparison.Ordinal);
        Assert.Contains("worker", page, StringComparison.Ordinal);
        Assert.DoesNotContain(number, page, StringComparison.Ordinal);
        Assert.DoesNotContain("assigned", page, StringComparison.Ordinal);
        using var officer = zone.Visit(Role.DataProtectionOfficer);
        Assert.Contains(number, (await officer.Page("/privacy/audit")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task It_is_asked_by_person_period_kind_and_dossier(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (one, other, reader) = (zone.As(Role.Caseworker), zone.As(Role.Caseworker), zone.As(Role.Coordinator));
        var (mine, theirs) = (await one.Registers(Cases.Intake(zone)), await other.Registers(Cases.Intake(zone, "Voorbeeld")));
        await one.Opens(mine);
        await other.Opens(theirs);
        await one.Send(new Search.Query { Text = "Exemple" });
        await Assert.ThrowsAsync<RefusedException>(() => one.Opens(Guid.NewGuid()));
        await zone.RunJobs();

        Assert.All((await reader.Send(new Log.Query { Person = one.Id })).Rows, r => Assert.Equal(one.Id, r.Line.Actor));
        Assert.All((await reader.Send(new Log.Query { Person = Filter.Platform })).Rows, r => Assert.Null(r.Line.Actor));
        Assert.DoesNotContain((await reader.Send(new Log.Query())).Rows, r => r.Line.Actor is null); // its own jobs only where they are asked for
        Assert.Equal("absent", Assert.Single((await reader.Send(new Log.Query { Kind = LineKind.Refused })).Rows).Line.Refusal);
        Assert.Equal(1, Assert.Single((await reader.Send(new Log.Query { Kind = LineKind.Listed })).Rows).Listed);
        Assert.All((await reader.Send(new Log.Query { Kind = LineKind.Changed })).Rows, r => Assert.NotEmpty(r.Line.Changed));
        var about = await reader.Send(new Log.Query { Dossier = (await NumberOf(zone, theirs)).ToLowerInvariant() });
        Assert.NotEmpty(about.Rows);
        Assert.All(about.Rows, r => Assert.Equal(theirs, r.Line.Subject));
        Assert.Empty((await reader.Send(new Log.Query { Dossier = "26-XXX-000" })).Rows);

        var today = DateOnly.FromDateTime(zone.Platform.Clock.GetUtcNow().UtcDateTime);
        Assert.NotEmpty((await reader.Send(new Log.Query { From = today, To = today })).Rows);
        Assert.Empty((await reader.Send(new Log.Query { To = today.AddDays(-1) })).Rows);
        Assert.Empty((await reader.Send(new Log.Query { From = today.AddDays(1) })).Rows);
    }

    [Theory, EveryEngine]
    public async Task Page_after_page_shows_every_record_once(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var actor = Guid.NewGuid();
        for (var i = 0; i < 120; i++) await zone.Handle.Database.Append(new AuditRecord(default, actor, "Test.Act", null, "{}"), default);
        var (reader, seen, before) = (zone.As(Role.DataProtectionOfficer), new List<long>(), (string?)null);
        do
        {
            var page = await reader.Send(new Log.Query { Person = actor, Before = before });
            seen.AddRange(page.Rows.Select(r => r.Line.Seq));
            before = page.Next?.ToString();
            // How many were shown, never a number of the chain: a gap in it would tell of what is hidden.
            if (before is not null) Assert.InRange(int.Parse(before.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture), 1, seen.Count);
        }
        while (before is not null);
        Assert.Equal(120, seen.Count);
        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(120, seen.Distinct().Count());
        Assert.Null(Mark.Read("nonsense"));
    }

    [Theory, EveryEngine]
    public async Task What_stands_behind_a_wall_for_its_reader_is_not_there(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, walled, other) = (zone.As(Role.Caseworker), await zone.Hires("coordinator", Role.Coordinator), zone.As(Role.Coordinator));
        var (secret, open) = (await worker.Registers(Cases.Intake(zone)), await worker.Registers(Cases.Intake(zone)));
        await worker.Opens(secret);
        await worker.Opens(open);
        await worker.Send(new Search.Query { Text = "Exemple" });
        var number = await NumberOf(zone, secret);
        await zone.WallsOff(walled, secret);

        Assert.Contains((await other.Send(new Log.Query())).Rows, r => r.Line.Subject == secret);
        var seen = (await walled.Send(new Log.Query())).Rows;
        Assert.DoesNotContain(seen, r => r.Line.Subject == secret || r.Dossier == number);
        Assert.Contains(seen, r => r.Line.Subject == open);
        Assert.Equal(1, seen.Single(r => r.Line.Kind == LineKind.Listed).Listed); // two were listed; the other does not exist
        Assert.Empty((await walled.Send(new Log.Query { Dossier = number })).Rows);
        Assert.NotEmpty((await other.Send(new Log.Query { Dossier = number })).Rows);
        var file = Encoding.UTF8.GetString(await walled.Send(new Export.Command { Reason = ExportReason.OwnCheck }));
        Assert.DoesNotContain(number, file, StringComparison.Ordinal);
        Assert.Contains(await NumberOf(zone, open), file, StringComparison.Ordinal);
    }

    [Theory, EveryEngine]
    public async Task A_list_of_what_is_hidden_alone_and_an_empty_one_are_one_kind(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (worker, walled) = (zone.As(Role.Caseworker), await zone.Hires("coordinator", Role.Coordinator));
        var secret = await worker.Registers(Cases.Intake(zone));
        await zone.WallsOff(walled, secret);
        foreach (var text in new[] { "Exemple", "Nergens" }) await worker.Send(new Search.Query { Text = text });
        foreach (var kind in new LineKind?[] { null, LineKind.Listed })
        {
            var seen = (await walled.Send(new Log.Query { Person = worker.Id, Kind = kind })).Rows.Where(r => r.Line.Act == "Casework.Dossiers.Search").ToList();
            Assert.Equal(2, seen.Count);
            Assert.All(seen, r => Assert.Equal((LineKind.Listed, 0, (string?)null), (r.Line.Kind, r.Listed, r.Dossier)));
        }
    }

    [Theory, EveryEngine]
    public async Task A_file_needs_a_reason_and_is_recorded_with_it_before_it_leaves(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var worker = await zone.Hires("=cmd|calc", Role.Caseworker);
        var dossier = await worker.Registers(Cases.Intake(zone));
        var officer = zone.As(Role.DataProtectionOfficer);
        await Assert.ThrowsAsync<FluentValidation.ValidationException>(() => officer.Send(new Export.Command()));
        var file = Encoding.UTF8.GetString(await officer.Send(new Export.Command { Reason = ExportReason.Supervisor }));
        Assert.StartsWith("\uFEFFWhen;Who;", file, StringComparison.Ordinal);
        Assert.Contains(";'=cmd|calc;", file, StringComparison.Ordinal);
        Assert.Contains(await NumberOf(zone, dossier), file, StringComparison.Ordinal);
        var bare = Encoding.UTF8.GetString(await zone.As(Role.ZoneAdministrator).Send(new Export.Command { Reason = ExportReason.OwnCheck }));
        Assert.DoesNotContain(await NumberOf(zone, dossier), bare, StringComparison.Ordinal);
        Assert.Contains("Intake registered", bare, StringComparison.Ordinal);

        var records = await zone.Look(z => z.Set<AuditRow>().Where(r => r.Actor == officer.Id).OrderBy(r => r.Seq).ToListAsync());
        Assert.Equal(["Privacy.Audit.Export!invalid", "Privacy.Audit.Export"], records.Select(r => r.Act));
        Assert.Contains("\"why\":\"Supervisor\"", records[1].Payload, StringComparison.Ordinal);

        await Assert.ThrowsAsync<StaleFactorException>(() => officer.Stale().Send(new Export.Command { Reason = ExportReason.Supervisor }));
        using var visit = officer.Visit();
        var refused = await visit.Press("/privacy/audit", "button[formaction*='Export']");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Theory, EveryEngine]
    public async Task A_look_into_the_log_is_in_the_log(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var dossier = await zone.As(Role.Caseworker).Registers(Cases.Intake(zone));
        var officer = zone.As(Role.DataProtectionOfficer);
        await officer.Send(new Log.Query { Dossier = await NumberOf(zone, dossier) });
        var record = await zone.Look(z => z.Set<AuditRow>().SingleAsync(r => r.Actor == officer.Id));
        Assert.Equal(("Privacy.Audit.Log", dossier), (record.Act, record.Subject));
    }

    [Theory, EveryEngine]
    public async Task The_database_and_the_page_agree_on_what_kind_an_act_is(string engine)
    {
        var zone = await (await platforms.On(engine)).Zone();
        var (id, one) = (Guid.NewGuid(), Guid.NewGuid());
        (string Act, Guid? Subject, string Payload)[] rows =
        [
            ("A.Read", id, """{"why":"assigned"}"""), ("A.Listed", null, $$"""{"listed":["{{one}}"]}"""), ("A.Nothing", null, """{"listed":[]}"""), ("A.Changed", id, $$"""{"why":"own","changed":["Note added {{one}}"]}"""),
            ("A.Read!role", id, """{"refused":"role"}"""), ("A.BreakGlass", id, """{"changed":["X added 1"]}"""), ("A.Read", id, """{"why":"break-glass"}"""), ("A.Export", null, """{"why":"Supervisor"}"""), ("A.BreakGlass!absent", id, "{}"), ("A.Broken", null, "no json"),
        ];
        foreach (var (act, subject, payload) in rows) await zone.Handle.Database.Append(new AuditRecord(default, id, act, subject, payload), default);
        foreach (var kind in Enum.GetValues<LineKind>())
        {
            var found = await zone.Look(z => Lens.OfKind(z.Set<AuditRow>(), kind).OrderBy(r => r.Seq).ToListAsync());
            var all = await zone.Look(z => z.Set<AuditRow>().OrderBy(r => r.Seq).ToListAsync());
            Assert.Equal(all.Where(r => Line.Of(r).Kind == kind).Select(r => r.Act), found.Select(r => r.Act));
            Assert.NotEmpty(found);
        }
    }

    private static Task<string> NumberOf(TestZone zone, Guid dossier) => zone.Look(z => z.Set<Dossier>().Where(d => d.Id == dossier).Select(d => d.Number).SingleAsync());
}
