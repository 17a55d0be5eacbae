using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Walls;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Benchmarks.Reference;

/// <summary>The yardstick: dossier page, worklist and intake written by hand on Kestrel, with raw ADO.NET. It reads and writes the rows the product reads and
/// writes, opens the same boxes, checks a like cookie and the same session, and chains the same audit records, grouped. It has no modules, no rights but one, no
/// words but French, and could not be lived in.</summary>
internal sealed class ReferenceApp
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private readonly Where where;
    private readonly Secrets secrets;
    private readonly Appender audit;
    private readonly Intake intake;
    private readonly Guid session, account;
    private readonly IDataProtector protector = new EphemeralDataProtectionProvider().CreateProtector("cookie");
    private readonly ConcurrentDictionary<Guid, (bool Alive, long Read)> sessions = new();
    private readonly ConcurrentDictionary<Guid, string> names = new();
    private readonly ConcurrentDictionary<string, byte[]> stills = new(StringComparer.Ordinal);
    private readonly Reading dossier, bare, worklist, bell, closed, named;
    private readonly SearchKey search;
    private readonly Reading? byName;
    private IAntiforgery antiforgery = null!;

    private ReferenceApp(Where where, Guid session, Guid account, Guid template)
    {
        (this.where, this.session, this.account) = (where, session, account);
        secrets = new Secrets(where);
        audit = new Appender(where, new Chain(secrets.Keys.ChainKey));
        intake = new Intake(where, secrets, audit, account, template);
        search = secrets.Keys.Search;
        string Among(string list) => where.IsSqlite ? $"IN (SELECT value FROM json_each(@{list}))" : $"= ANY(@{list})";
        closed = new Reading(where, $"""SELECT t."Owner", t."Token" FROM safe_contact s JOIN search_token t ON t."Owner" = s."Id" WHERE s."Nevers" > 0 AND t."Token" {Among("tokens")}""", "tokens");
        named = new Reading(where, $"""SELECT p."Id", p."Identity", s."Call" FROM person p JOIN safe_contact s ON s."Id" = p."Id" WHERE p."Id" {Among("some")}""", "some");
        // What a coordinator sees: not walled off, and sealed only where they are named.
        const string seen = """NOT EXISTS (SELECT 1 FROM walled_off w WHERE w."Account" = @self AND w."DossierId" = d."Id") AND (d."Protection" <> 2 OR EXISTS (SELECT 1 FROM dossier_grant g WHERE g."Account" = @self AND g."DossierId" = d."Id" AND g."Kind" = 8 AND g."From" <= @now AND (g."Until" IS NULL OR g."Until" > @now)))""";
        const string rows = $"""
            SELECT "Number", "SubKind", "Danger", "AssignedTo", "OpenedBy", "Trigger", "Kind", "FactsAt", "Municipality", "Closed", "Version", "Lead" FROM dossier d WHERE d."Id" = @id AND {seen};
            SELECT "Id", "Identity", "Capacity", "Damage", "Language", "IsMinor" FROM person WHERE "DossierId" = @id ORDER BY "Id";
            SELECT "Id", "Call", "Sms", "Mail", "Letter", "Visit", "Details", "Checked", "CheckedBy" FROM safe_contact WHERE "DossierId" = @id;
            SELECT "Id", "Number" FROM official_report WHERE "DossierId" = @id ORDER BY "Id";
            SELECT "Id", "Kind", "Text", "DueAt", "By", "Done", "DoneBy" FROM follow_up WHERE "DossierId" = @id ORDER BY "DueAt";
            SELECT "Id", "Layer", "At", "By", "Text" FROM note WHERE "DossierId" = @id;
            SELECT "Id", "Place", "Minutes", "At", "By", "Note", "Services", "State", "Layer" FROM contact WHERE "DossierId" = @id;
            SELECT "Kind", "At", "By", "Code" FROM milestone WHERE "DossierId" = @id;
            SELECT "Account" FROM walled_off WHERE "DossierId" = @id;
            """;
        // What the bell counts: due, put in the tray, and waiting for a second name.
        const string due = $"""
            SELECT count(*) FROM dossier d WHERE d."Closed" IS NULL AND d."NextDue" <= @now AND (d."AssignedTo" = @self OR d."AssignedTo" IS NULL) AND {seen};
            SELECT count(*) FROM tray_entry e WHERE e."State" = 1 AND (e."For" IS NULL OR e."For" = @self) AND NOT EXISTS (SELECT 1 FROM walled_off w WHERE w."Account" = @self AND w."DossierId" = e."Id");
            SELECT count(*) FROM (SELECT "DossierId", "By" FROM note WHERE "Signing" = 1 UNION ALL SELECT "DossierId", "By" FROM contact WHERE "Signing" = 1) e JOIN dossier d ON d."Id" = e."DossierId" WHERE e."By" <> @self AND {seen};
            """;
        dossier = new Reading(where, rows + due, "id", "self", "now");
        bare = new Reading(where, rows, "id", "self", "now");
        bell = new Reading(where, due, "now", "self");
        const string order = """ORDER BY ("NextDue" IS NULL OR "NextDue" >= @tonight), "Urgency" DESC, "NextDue", "Id" LIMIT 25""";
        const string again = """ORDER BY (d."NextDue" IS NULL OR d."NextDue" >= @tonight), d."Urgency" DESC, d."NextDue", d."Id" """;
        worklist = new Reading(where, $"""
            SELECT count(*) FROM dossier d WHERE d."Closed" IS NULL AND {seen};
            SELECT count(CASE WHEN "NextDue" < @tonight THEN 1 END), count(CASE WHEN "NextDue" < @now THEN 1 END), count(CASE WHEN "AssignedTo" IS NULL THEN 1 END) FROM dossier d WHERE d."Closed" IS NULL AND (d."AssignedTo" = @self OR d."AssignedTo" IS NULL) AND {seen};
            SELECT d."Id", d."Number", d."SubKind", d."Danger", d."AssignedTo", d."NextDue", p."Id", p."Identity", s."Call", s."Sms" FROM (SELECT * FROM dossier d WHERE d."Closed" IS NULL AND {seen} {order}) d LEFT JOIN person p ON p."Id" = d."Lead" LEFT JOIN safe_contact s ON s."Id" = d."Lead" {again};
            SELECT f."Id", f."DossierId", f."Kind", f."DueAt" FROM follow_up f WHERE f."Done" IS NULL AND f."DossierId" IN (SELECT "Id" FROM dossier d WHERE d."Closed" IS NULL AND {seen} {order});
            SELECT c."At", c."Minutes", c."Place", c."Room", d."Id", d."Number", p."Id", p."Identity", s."Call" FROM contact c JOIN dossier d ON d."Id" = c."DossierId" LEFT JOIN person p ON p."Id" = d."Lead" LEFT JOIN safe_contact s ON s."Id" = d."Lead" WHERE c."PlannedFor" >= @morning AND c."PlannedFor" < @tonight AND c."State" = 1 AND (c."Worker" = @self OR c."Companion" = @self) AND {seen};
            SELECT count(*) FROM referral r JOIN dossier d ON d."Id" = r."DossierId" WHERE {seen} AND ((d."Closed" IS NULL AND r."State" IN (2, 4, 5, 7)) OR (d."Closed" IS NOT NULL AND EXISTS (SELECT 1 FROM follow_up f WHERE f."About" = r."Id" AND f."Done" IS NULL)));
            SELECT f."Id", f."Kind", f."Due" FROM saved_filter f WHERE f."Account" = @self OR f."Shared" ORDER BY f."Shared", f."Id";
            """ + due, "morning", "tonight", "now", "self");
        // Names in clear text under an ordinary index: what nobody may build, and the fastest there is.
        if (NamesInClear.In(where)) byName = new Reading(where, $"""
            SELECT d."Id", d."Number", c."FamilyName", c."GivenName", p."Capacity", d."SubKind", d."Closed" FROM name_in_clear c JOIN person p ON p."Id" = c."Person" JOIN dossier d ON d."Id" = p."DossierId"
            WHERE c."Family" >= @family AND c."Family" < @familyEnd AND c."Given" >= @given AND c."Given" < @givenEnd AND {seen} ORDER BY (d."Closed" IS NULL) DESC, d."Id" DESC LIMIT 50;
            """ + due, "family", "familyEnd", "given", "givenEnd", "now", "self");
    }

    public static async Task Run(Where where, int port, Guid session, Guid account, Guid template)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhost(port));
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAntiforgery(o => o.Cookie.Name = "f");
        await using var web = builder.Build();
        var app = new ReferenceApp(where, session, account, template) { antiforgery = web.Services.GetRequiredService<IAntiforgery>() };
        web.Run(app.Answer);
        await web.RunAsync();
    }

    private async Task Answer(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        var path = http.Request.Path.Value!;
        if (path == "/enter")
        {
            http.Response.Cookies.Append("p", Convert.ToBase64String(protector.Protect(TicketSerializer.Default.Serialize(Ticket()))), new CookieOptions { Path = "/" });
            return;
        }
        if (path.StartsWith("/public/", StringComparison.Ordinal))
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.Body.WriteAsync(stills.GetOrAdd(path, of => Encoding.UTF8.GetBytes("<!DOCTYPE html><title>Page</title>".PadRight(int.Parse(of[8..], CultureInfo.InvariantCulture), ' '))));
            return;
        }
        var isBare = http.Request.Query.ContainsKey("bare");
        if (!isBare && !await IsSignedIn(http))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (path.StartsWith("/9901/dossiers/", StringComparison.Ordinal)) await Show(http, Guid.Parse(path[15..]), isBare);
        else if (path == "/9901/worklist") await Worklist(http, isBare);
        else if (path == "/9901/search") await Search(http, isBare);
        else if (path == "/9901/intake" && HttpMethods.IsGet(http.Request.Method)) await Form(http);
        else if (path == "/9901/intake") await Register(http);
        else http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private AuthenticationTicket Ticket() => new(new ClaimsPrincipal(new ClaimsIdentity([new Claim("account", account.ToString()), new Claim("session", session.ToString()), new Claim("place", secrets.Zone.ToString())], "p")), "p");

    // Like the product: the ticket is opened on every request, the session's row is at most three seconds old.
    private async Task<bool> IsSignedIn(HttpContext http)
    {
        if (http.Request.Cookies["p"] is not { } cookie) return false;
        var ticket = TicketSerializer.Default.Deserialize(protector.Unprotect(Convert.FromBase64String(cookie)));
        if (ticket?.Principal.FindFirstValue("place") != secrets.Zone.ToString() || !Guid.TryParse(ticket.Principal.FindFirstValue("session"), out var id)) return false;
        if (sessions.TryGetValue(id, out var known) && TimeProvider.System.GetElapsedTime(known.Read) < Fresh) return known.Alive;
        await using var catalog = where.Connect(where.Catalog);
        await catalog.OpenAsync();
        await using var command = catalog.CreateCommand();
        command.CommandText = """SELECT s."Ended", g."Role" FROM session s JOIN role_grant g ON g."Account" = s."Account" WHERE s."Id" = @id""";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("id", id);
        command.Parameters.Add(parameter);
        await using var row = await command.ExecuteReaderAsync();
        var alive = await row.ReadAsync() && await row.IsDBNullAsync(0);
        sessions[id] = (alive, TimeProvider.System.GetTimestamp());
        return alive;
    }

    private sealed record One(Guid Id, Particulars Identity, int Capacity, int Damage, string Language);

    private async Task Show(HttpContext http, Guid id, bool isBare)
    {
        var now = DateTime.UtcNow;
        var page = await (isBare ? bare : dossier).Run(async rows =>
        {
            if (!await rows.ReadAsync()) return null;
            var (number, subKind, danger, municipality, version, assigned) = (rows.GetString(0), rows.GetString(1), rows.GetInt32(2), rows.GetString(8), rows.GetInt32(10), rows.IsDBNull(3) ? (Guid?)null : rows.GetGuid(3));
            var (trigger, kind, factsAt, open) = (rows.GetInt32(5), rows.GetInt32(6), When(rows, 7), rows.IsDBNull(9));
            await rows.NextResultAsync();
            var people = new List<One>();
            while (await rows.ReadAsync()) people.Add(new One(rows.GetGuid(0), Identity((byte[])rows.GetValue(1), rows.GetGuid(0), isBare), rows.GetInt32(2), rows.GetInt32(3), rows.GetString(4)));
            await rows.NextResultAsync();
            var safe = new List<(Guid Id, int[] Rules, SafeDetails Details, DateTime? Checked, Guid? By)>();
            while (await rows.ReadAsync())
                safe.Add((rows.GetGuid(0), [rows.GetInt32(1), rows.GetInt32(2), rows.GetInt32(3), rows.GetInt32(4), rows.GetInt32(5)], isBare ? new SafeDetails() : JsonSerializer.Deserialize<SafeDetails>(secrets.Open((byte[])rows.GetValue(6), "safe_contact.details", rows.GetGuid(0)))!, When(rows, 7), rows.IsDBNull(8) ? null : rows.GetGuid(8)));
            await rows.NextResultAsync();
            var reports = new List<string>();
            while (await rows.ReadAsync()) reports.Add(Opened(rows, 1, "official_report.number", isBare) ?? "");
            await rows.NextResultAsync();
            var acts = new List<(Guid Id, int Kind, string? Text, DateTime Due)>();
            var timeline = new List<(DateTime At, Guid By, string Title, string? Text)>();
            while (await rows.ReadAsync())
            {
                if (rows.IsDBNull(5)) acts.Add((rows.GetGuid(0), rows.GetInt32(1), Opened(rows, 2, "follow_up.text", isBare), When(rows, 3)!.Value));
                else timeline.Add((When(rows, 5)!.Value, rows.GetGuid(6), "Fait : " + Code(rows.GetInt32(1)), Opened(rows, 2, "follow_up.text", isBare)));
            }
            await rows.NextResultAsync();
            while (await rows.ReadAsync()) timeline.Add((When(rows, 2)!.Value, rows.GetGuid(3), "Note", Opened(rows, 4, "note.text", isBare)));
            await rows.NextResultAsync();
            while (await rows.ReadAsync()) timeline.Add((When(rows, 3)!.Value, rows.GetGuid(4), $"Contact : {Code(rows.GetInt32(1))}, {rows.GetInt32(2)} min", Opened(rows, 5, "contact.note", isBare)));
            await rows.NextResultAsync();
            while (await rows.ReadAsync()) timeline.Add((When(rows, 1)!.Value, rows.GetGuid(2), "Étape " + Code(rows.GetInt32(0)), null));
            await rows.NextResultAsync();
            var away = new HashSet<Guid>();
            while (await rows.ReadAsync()) away.Add(rows.GetGuid(0));
            var due = isBare || !await rows.NextResultAsync() ? 0 : await Due(rows);

            var page = new Page(number, due, isBare ? "" : antiforgery.GetAndStoreTokens(http).RequestToken!);
            page.Raw("<h1 class=\"govuk-visually-hidden\">Dossier ").Text(number).Raw("</h1><div class=\"vs-identity\"><strong>").Text(number).Raw("</strong><span>").Text(string.Join(", ", people.Select(p => p.Identity.FullName))).Raw("</span><span>").Text(string.Join(", ", people.Select(p => p.Language))).Raw("</span><span>").Text(subKind).Raw("</span>");
            for (var bit = 1; bit <= 32; bit <<= 1) if ((danger & bit) != 0) page.Raw("<span class=\"vs-badge vs-badge--danger\">").Text(Code(bit)).Raw("</span>");
            page.Raw("</div>");
            foreach (var rules in safe)
            {
                var person = people.Find(p => p.Id == rules.Id)!;
                page.Raw("<section class=\"vs-safe\" aria-label=\"Contact sûr\"><p class=\"govuk-body\"><strong>Contact sûr</strong> ").Text(person.Identity.FullName).Raw("</p><ul class=\"govuk-list vs-channels\">");
                foreach (var rule in rules.Rules) page.Raw("<li><span class=\"vs-badge vs-badge--warn\">Canal : ").Text(Code(rule)).Raw("</span></li>");
                page.Raw("</ul>");
                foreach (var said in new[] { rules.Details.Hours, rules.Details.WhoMayAnswer, rules.Details.WhatMayBeSaid, rules.Details.CodeWord, rules.Details.ThirdPerson }) if (said is { Length: > 0 }) page.Raw("<p class=\"govuk-body-s\">").Text(said).Raw("</p>");
                if (person.Identity.Phone is { Length: > 0 } phone) page.Raw("<details class=\"govuk-details\"><summary class=\"govuk-details__summary\"><span class=\"govuk-details__summary-text\">Appeler sans danger</span></summary><div class=\"govuk-details__text\"><p class=\"govuk-body-s\">Dites seulement votre prénom.</p><a class=\"govuk-link\" href=\"tel:").Text(PhoneNumber.ToE164(phone)).Raw("\">").Text(PhoneNumber.Show(phone)).Raw("</a></div></details>");
                page.Raw("<p class=\"govuk-body-s\">").Text(rules.Checked is { } at ? $"Vérifié {at:g} par {Name(rules.By)}" : "Jamais vérifié").Raw(" <a class=\"govuk-link\" href=\"/9901/dossiers/").Text(id.ToString()).Raw("/people/").Text(rules.Id.ToString()).Raw("/safe\">Modifier les règles</a></p></section>");
            }
            page.Raw("<nav aria-label=\"Parties du dossier\"><ul class=\"vs-tabs\"><li><a href=\"#timeline\">Chronologie</a></li><li><a href=\"#people\">Personnes</a></li><li><a href=\"#facts\">Faits</a></li><li><a href=\"/9901/dossiers/").Text(id.ToString()).Raw("/contacts/new\">Consigner un contact</a></li></ul></nav><div class=\"vs-split\"><div>");
            if (open)
            {
                page.Raw("<section class=\"vs-composer\"><h2 class=\"govuk-heading-m\">Écrire</h2>").Form($"/9901/dossiers/{id}").Hidden("Form.Version", Code(version)).Raw("<div class=\"govuk-form-group\"><label class=\"govuk-label\" for=\"t\">Texte</label><textarea class=\"govuk-textarea\" id=\"t\" name=\"Form.Text\" rows=\"3\"></textarea></div><fieldset class=\"govuk-fieldset\"><legend class=\"govuk-fieldset__legend\">Couche</legend>");
                foreach (var layer in new[] { "Aide", "Police" }) page.Raw("<div class=\"govuk-radios__item\"><input class=\"govuk-radios__input\" type=\"radio\" name=\"Form.Layer\" id=\"l").Text(layer).Raw("\" value=\"").Text(layer).Raw("\"><label class=\"govuk-label govuk-radios__label\" for=\"l").Text(layer).Raw("\">").Text(layer).Raw("</label></div>");
                page.Raw("</fieldset><select class=\"govuk-select\" name=\"Form.Next\"><option value=\"\">Aucun</option>");
                foreach (var kindOfAct in Enum.GetValues<ActKind>()) page.Raw("<option value=\"").Text(kindOfAct.ToString()).Raw("\">").Text(kindOfAct.ToString()).Raw("</option>");
                page.Raw("</select><input class=\"govuk-input\" name=\"Form.Due.Day\"><input class=\"govuk-input\" name=\"Form.Due.Month\"><input class=\"govuk-input\" name=\"Form.Due.Year\"><input class=\"govuk-input\" name=\"Form.Due.Time\">").Button("Ajouter").Raw("</section>");
            }
            page.Raw("<section><h2 class=\"govuk-heading-m\" id=\"timeline\">Chronologie</h2><ol class=\"vs-timeline\">");
            foreach (var (at, by, title, text) in timeline.OrderByDescending(h => h.At))
            {
                page.Raw("<li><div class=\"vs-timeline__head\"><strong>").Text(title).Raw("</strong></div><div class=\"vs-timeline__when\"><time datetime=\"").Text(at.ToString("O", CultureInfo.InvariantCulture)).Raw("\">").Text(at.ToString("g", CultureInfo.CurrentCulture)).Raw("</time>, ").Text(Name(by)).Raw("</div>");
                if (text is not null) page.Raw("<div class=\"vs-timeline__text\">").Text(text).Raw("</div>");
                page.Raw("</li>");
            }
            page.Raw("</ol></section></div><div><section><h2 class=\"govuk-heading-m\">À faire</h2><ul class=\"govuk-list\">");
            foreach (var act in acts) page.Raw("<li class=\"vs-card ").Raw(act.Due < now ? "vs-late" : "").Raw("\"><strong>").Text(Code(act.Kind)).Raw("</strong> <time>").Text(act.Due.ToString("g", CultureInfo.CurrentCulture)).Raw("</time><p class=\"govuk-body-s\">").Text(act.Text).Raw("</p>").Form($"/9901/acts/{act.Id}/done").Button("Fait").Raw("</li>");
            page.Raw("</ul></section><section><h2 class=\"govuk-heading-m\">Intervenant</h2><p class=\"govuk-body\">").Text(Name(assigned)).Raw("</p>").Form($"/9901/dossiers/{id}?handler=Assign").Raw("<select class=\"govuk-select\" name=\"to\"><option value=\"\">Personne</option>");
            foreach (var (key, name) in names.Where(n => !away.Contains(n.Key))) page.Raw("<option value=\"").Text(key.ToString()).Raw("\">").Text(name).Raw("</option>");
            page.Raw("</select>").Button("Attribuer").Raw("</section><section><h2 class=\"govuk-heading-m\" id=\"people\">Personnes</h2>");
            foreach (var person in people)
                page.Raw("<div class=\"vs-card\"><h3 class=\"govuk-heading-s\">").Text(person.Identity.FullName).Raw("</h3><p class=\"govuk-body-s\">").Text(Code(person.Capacity)).Raw(" ").Text(person.Identity.Address).Raw("</p><a class=\"govuk-link\" href=\"/9901/dossiers/").Text(id.ToString()).Raw("/people/").Text(person.Id.ToString()).Raw("\">Modifier</a></div>");
            page.Raw("</section><section><h2 class=\"govuk-heading-m\" id=\"facts\">Faits</h2><dl class=\"govuk-summary-list\">");
            foreach (var (label, value) in new[] { ("Nature", Code(kind)), ("Faits", subKind), ("Origine", Code(trigger)), ("Quand", factsAt?.ToString("g", CultureInfo.CurrentCulture)), ("Où", municipality), ("PV", string.Join(", ", reports)) })
                page.Raw("<div class=\"govuk-summary-list__row\"><dt class=\"govuk-summary-list__key\">").Text(label).Raw("</dt><dd class=\"govuk-summary-list__value\">").Text(value).Raw("</dd></div>");
            return page.Raw("</dl></section><section><h2 class=\"govuk-heading-m\">Clôture</h2><a class=\"govuk-link\" href=\"/9901/dossiers/").Text(id.ToString()).Raw("/close\">Clôturer</a></section></div></div>");
        }, id, account, now);
        if (page is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!isBare) await audit.Append(new AuditRecord(DateTimeOffset.UtcNow, account, "Casework.Dossiers.ShowView", id, $$"""{"why":"control","session":"{{session}}"}"""));
        await Send(http, page);
    }

    private async Task Worklist(HttpContext http, bool isBare)
    {
        var (now, morning, tonight) = (DateTime.UtcNow, DateTime.UtcNow.Date, DateTime.UtcNow.Date.AddDays(1));
        var listed = new List<Guid>();
        var page = await worklist.Run(async rows =>
        {
            await rows.ReadAsync();
            var total = rows.GetInt32(0);
            await rows.NextResultAsync();
            await rows.ReadAsync();
            var (today, late, free) = (rows.GetInt32(0), rows.GetInt32(1), rows.GetInt32(2));
            await rows.NextResultAsync();
            var list = new List<(Guid Id, string Number, string SubKind, int Danger, Guid? Worker, DateTime? Due, Guid Lead, Particulars? Who, int Call)>();
            while (await rows.ReadAsync())
                list.Add((rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetInt32(3), rows.IsDBNull(4) ? null : rows.GetGuid(4), When(rows, 5), rows.IsDBNull(6) ? default : rows.GetGuid(6), rows.IsDBNull(6) ? null : Identity((byte[])rows.GetValue(7), rows.GetGuid(6), isBare), rows.IsDBNull(8) ? 0 : rows.GetInt32(8)));
            await rows.NextResultAsync();
            var acts = new Dictionary<Guid, (Guid Id, int Kind, DateTime Due)>();
            while (await rows.ReadAsync())
            {
                var (of, due) = (rows.GetGuid(1), When(rows, 3)!.Value);
                if (!acts.TryGetValue(of, out var first) || due < first.Due) acts[of] = (rows.GetGuid(0), rows.GetInt32(2), due);
            }
            await rows.NextResultAsync();
            var agenda = new List<(DateTime At, int Minutes, int Place, string Room, Guid Id, string Number, Guid Lead, Particulars? Who, int Call)>();
            while (await rows.ReadAsync())
                agenda.Add((When(rows, 0)!.Value, rows.GetInt32(1), rows.GetInt32(2), rows.IsDBNull(3) ? "" : rows.GetString(3), rows.GetGuid(4), rows.GetString(5), rows.IsDBNull(6) ? default : rows.GetGuid(6), rows.IsDBNull(6) ? null : Identity((byte[])rows.GetValue(7), rows.GetGuid(6), isBare), rows.IsDBNull(8) ? 0 : rows.GetInt32(8)));
            await rows.NextResultAsync();
            await rows.ReadAsync();
            var partners = rows.GetInt32(0);
            await rows.NextResultAsync();
            var tabs = new List<Guid>();
            while (await rows.ReadAsync()) tabs.Add(rows.GetGuid(0));
            await rows.NextResultAsync();
            var never = isBare ? [] : await NeverElsewhere([.. list.Select(r => (r.Lead, r.Who, r.Call)).Concat(agenda.Select(r => (r.Lead, r.Who, r.Call))).Where(r => r.Who is not null && r.Call != (int)Rule.Never).Select(r => (r.Lead, r.Who!)).DistinctBy(r => r.Lead)]);
            var page = new Page("À faire", await Due(rows), isBare ? "" : antiforgery.GetAndStoreTokens(http).RequestToken!);
            page.Raw("<div class=\"vs-head\"><h1 class=\"govuk-heading-l\">À faire</h1><a class=\"govuk-button\" role=\"button\" href=\"/9901/intake\">Nouvelle prise en charge</a></div><ul class=\"vs-cards\">");
            foreach (var (figure, label) in new[] { (today, "aujourd'hui"), (late, "en retard"), (free, "non attribués"), (partners, "partenaires"), (agenda.Count, "rendez-vous") }) page.Raw("<li class=\"vs-card\"><span class=\"vs-figure\">").Text(Code(figure)).Raw("</span> ").Text(label).Raw("</li>");
            page.Raw("</ul><nav><ul class=\"vs-tabs\">");
            foreach (var tab in new[] { "Mine", "Team", "Unassigned", "Closed" }) page.Raw("<li><a href=\"/9901/worklist?tab=").Text(tab).Raw("\">").Text(tab).Raw("</a></li>");
            foreach (var tab in tabs) page.Raw("<li><a href=\"/9901/worklist?filter=").Text(tab.ToString()).Raw("\">").Text(tab.ToString()).Raw("</a></li>");
            page.Raw("</ul></nav><section><h2>Agenda</h2><ul class=\"govuk-list\">");
            foreach (var row in agenda)
            {
                listed.Add(row.Id);
                page.Raw("<li class=\"vs-card\"><strong><time>").Text(row.At.ToString("g", CultureInfo.CurrentCulture)).Raw("</time></strong> ").Text(Code(row.Place)).Raw(" ").Text(row.Room).Raw("<br /><a class=\"govuk-link vs-nowrap\" href=\"/9901/dossiers/").Text(row.Id.ToString()).Raw("\">").Text(row.Number).Raw("</a> ")
                    .Text(row.Who?.Initials ?? "–").Raw(" <span class=\"vs-badge\">").Text(Code(never.Contains(row.Lead) ? (int)Rule.Never : row.Call)).Raw("</span></li>");
            }
            page.Raw("</ul></section><table class=\"govuk-table\"><thead><tr><th>Dossier</th><th>Qui</th><th>Faits</th><th>Contact sûr</th><th>Suite</th><th>Échéance</th><th>Intervenant</th><th>Acte</th></tr></thead><tbody>");
            foreach (var row in list)
            {
                listed.Add(row.Id);
                page.Raw("<tr><td class=\"vs-nowrap\" data-label=\"Dossier\"><a class=\"govuk-link\" href=\"/9901/dossiers/").Text(row.Id.ToString()).Raw("\">").Text(row.Number).Raw("</a></td><td data-label=\"Qui\">").Text(row.Who?.Initials ?? "–").Raw("</td><td data-label=\"Faits\">").Text(row.SubKind);
                for (var bit = 1; bit <= 32; bit <<= 1) if ((row.Danger & bit) != 0) page.Raw("<span class=\"vs-badge vs-badge--danger\">").Text(Code(bit)).Raw("</span>");
                page.Raw("</td><td data-label=\"Contact sûr\">Appel : ").Text(Code(never.Contains(row.Lead) ? (int)Rule.Never : row.Call)).Raw("</td><td data-label=\"Suite\">");
                var has = acts.TryGetValue(row.Id, out var act);
                page.Text(has ? Code(act.Kind) : "–").Raw("</td><td data-label=\"Échéance\">");
                if (has) page.Raw("<time datetime=\"").Text(act.Due.ToString("O", CultureInfo.InvariantCulture)).Raw("\">").Text(act.Due.ToString("g", CultureInfo.CurrentCulture)).Raw("</time>");
                page.Raw("</td><td data-label=\"Intervenant\">").Text(Name(row.Worker)).Raw("</td><td data-label=\"Acte\">");
                if (has) page.Form($"/9901/acts/{act.Id}/done").Button("Fait").Form($"/9901/acts/{act.Id}/done?handler=Postpone").Button("Demain");
                page.Raw("</td></tr>");
            }
            return page.Raw("</tbody></table><nav class=\"govuk-pagination\"><p class=\"govuk-body\">Page 1 de ").Text(Code((total + 24) / 25)).Raw("</p><a rel=\"next\" href=\"/9901/worklist?at=2\">Suivante</a></nav>");
        }, morning, tonight, now, account);
        if (!isBare) await audit.Append(new AuditRecord(DateTimeOffset.UtcNow, account, "Casework.Worklist.Mine", null, $$"""{"session":"{{session}}","listed":[{{string.Join(',', listed.Select(l => $"\"{l}\""))}}]}"""));
        await Send(http, page);
    }

    private async Task Search(HttpContext http, bool isBare)
    {
        if (!isBare) await antiforgery.ValidateRequestAsync(http);
        var words = NameForms.Fold((await http.Request.ReadFormAsync())["Form.Text"].ToString()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (family, given) = (words[^1], words.Length > 1 ? words[0] : "");
        var listed = new List<Guid>();
        var page = await byName!.Run(async rows =>
        {
            var list = new List<(Guid Id, string Number, string Name, int Capacity, string SubKind, bool Open)>();
            while (await rows.ReadAsync()) list.Add((rows.GetGuid(0), rows.GetString(1), rows.GetString(3) + " " + rows.GetString(2), rows.GetInt32(4), rows.GetString(5), rows.IsDBNull(6)));
            await rows.NextResultAsync();
            var page = new Page("Rechercher", await Due(rows), isBare ? "" : antiforgery.GetAndStoreTokens(http).RequestToken!);
            page.Raw("<h1 class=\"govuk-heading-l\">Rechercher</h1>").Form("/9901/search").Raw("<input class=\"govuk-input\" name=\"Form.Text\">").Button("Rechercher").Raw("<h2>").Text(Code(list.Count)).Raw("</h2><table class=\"govuk-table\"><tbody>");
            foreach (var row in list)
            {
                listed.Add(row.Id);
                page.Raw("<tr><td><a class=\"govuk-link\" href=\"/9901/dossiers/").Text(row.Id.ToString()).Raw("\">").Text(row.Number).Raw("</a></td><td>").Text(row.Name).Raw("</td><td>").Text(Code(row.Capacity)).Raw("</td><td>").Text(row.SubKind).Raw("</td><td>").Text(row.Open ? "ouvert" : "clos").Raw("</td></tr>");
            }
            return page.Raw("</tbody></table>");
        }, family, family + '\uFFFF', given, given + '\uFFFF', DateTime.UtcNow, account);
        if (!isBare) await audit.Append(new AuditRecord(DateTimeOffset.UtcNow, account, "Casework.Dossiers.Search", null, $$"""{"session":"{{session}}","listed":[{{string.Join(',', listed.Select(l => $"\"{l}\""))}}]}"""));
        await Send(http, page);
    }

    private static async Task<int> Due(DbDataReader rows)
    {
        var sum = 0;
        do
        {
            if (await rows.ReadAsync()) sum += rows.GetInt32(0);
        }
        while (await rows.NextResultAsync());
        return sum;
    }

    private async Task Form(HttpContext http)
    {
        var due = await bell.Run(Due, DateTime.UtcNow, account);
        await Send(http, new Page("Intake", due, antiforgery.GetAndStoreTokens(http).RequestToken!).Form("/9901/intake").Button("Enregistrer"));
    }

    private async Task Register(HttpContext http)
    {
        await antiforgery.ValidateRequestAsync(http);
        var form = await http.Request.ReadFormAsync();
        var (family, given, phone) = (form["Form.FamilyName"].ToString().Trim(), form["Form.GivenName"].ToString().Trim(), form["Form.Phone"].ToString());
        if (family.Length is 0 or > 200 || given.Length > 200 || PhoneNumber.ToE164(phone) is null || !Guid.TryParse(form["vs-once"], out var once))
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }
        var id = await intake.Save(family, given, phone, form["Form.Note"].ToString(), once, session);
        http.Response.Redirect($"/9901/dossiers/{id}");
    }

    private static async Task Send(HttpContext http, Page page)
    {
        var bytes = page.End();
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.Body.WriteAsync(bytes);
    }

    // The same look for a never that one who may be the same said elsewhere: by sounds, beginnings and number, opened and compared.
    private async Task<HashSet<Guid>> NeverElsewhere(IReadOnlyList<(Guid Lead, Particulars Who)> list)
    {
        var marks = new Dictionary<long, List<(int Row, int Name)>>();
        for (var i = 0; i < list.Count; i++)
        {
            var groups = NameQuery.Parse($"{list[i].Who.GivenName} {list[i].Who.FamilyName}").Groups;
            for (var g = 0; g < groups.Count; g++)
            {
                foreach (var part in groups[g]) Mark(part, 1 << g);
            }
            if (PhoneNumber.Part(list[i].Who.Phone) is { } number) Mark(number, 3);

            void Mark(SearchPart part, int name)
            {
                var token = SearchToken.Of(search, part);
                if (!marks.TryGetValue(token, out var those)) marks[token] = those = [];
                those.Add((i, name));
            }
        }
        var fits = new Dictionary<Guid, int[]>();
        await closed.Run(async rows =>
        {
            while (await rows.ReadAsync())
            {
                if (!fits.TryGetValue(rows.GetGuid(0), out var of)) fits[rows.GetGuid(0)] = of = new int[list.Count];
                foreach (var (row, name) in marks[rows.GetInt64(1)]) of[row] |= name;
            }
            return true;
        }, List(marks.Keys));
        var alike = fits.SelectMany(f => Enumerable.Range(0, list.Count).Where(i => BitOperations.PopCount((uint)f.Value[i]) > 1 && list[i].Lead != f.Key).Select(i => (Row: i, Other: f.Key))).ToLookup(a => a.Other, a => a.Row);
        return alike.Count == 0 ? [] : await named.Run(async rows =>
        {
            var never = new HashSet<Guid>();
            while (await rows.ReadAsync())
            {
                if (rows.GetInt32(2) != (int)Rule.Never) continue;
                var who = Identity((byte[])rows.GetValue(1), rows.GetGuid(0), isBare: false);
                never.UnionWith(alike[rows.GetGuid(0)].Where(i => SamePerson.MayBeOne(list[i].Who, who) || SamePerson.ShareANumber(list[i].Who, who)).Select(i => list[i].Lead));
            }
            return never;
        }, List(alike.Select(a => a.Key)));

        object List<T>(IEnumerable<T> some) => !where.IsSqlite ? some.ToArray() : typeof(T) == typeof(Guid) ? JsonSerializer.Serialize(some.Select(s => s!.ToString()!.ToUpperInvariant())) : JsonSerializer.Serialize(some);
    }

    private Particulars Identity(byte[] box, Guid row, bool isBare) => isBare ? new Particulars("", "") : JsonSerializer.Deserialize<Particulars>(secrets.Open(box, "person.identity", row))!;

    private string? Opened(DbDataReader rows, int field, string name, bool isBare) => rows.IsDBNull(field) ? null : isBare ? "" : Encoding.UTF8.GetString(secrets.Open((byte[])rows.GetValue(field), name, rows.GetGuid(0)));

    private DateTime? When(DbDataReader rows, int field) => rows.IsDBNull(field) ? null : where.IsSqlite ? new DateTime(rows.GetInt64(field), DateTimeKind.Utc) : rows.GetDateTime(field);

    private static string Code(int code) => code.ToString(CultureInfo.InvariantCulture);

    // Names of colleagues are kept in memory, as the product keeps them.
    private string Name(Guid? id)
    {
        if (id is not { } known) return "personne";
        return names.GetOrAdd(known, key =>
        {
            using var catalog = where.Connect(where.Catalog);
            catalog.Open();
            using var command = catalog.CreateCommand();
            command.CommandText = """SELECT "DisplayName" FROM account WHERE "Id" = @id""";
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("id", key);
            command.Parameters.Add(parameter);
            return command.ExecuteScalar() as string ?? "–";
        });
    }
}
