using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using System.Security.Claims;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Letters;
using VictimSupport.Casework.People;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using VictimSupport.Tests.Network;
using VictimSupport.Tests.OnCall;
using VictimSupport.Zones.Staff;
using Person = VictimSupport.Tests.Kit.Person;

namespace VictimSupport.Tests.House;

/// <summary>A zone in which something has happened: ids of every kind, by the name an address or a form knows them under.</summary>
internal sealed class World
{
    private readonly Dictionary<string, List<Guid>> ids = new(StringComparer.OrdinalIgnoreCase);

    private World(TestZone zone) => Zone = zone;

    public TestZone Zone { get; }

    /// <summary>One account for each role; the caseworker's and the colleague on call's have dossiers of their own.</summary>
    public Dictionary<Role, Guid> Accounts { get; private set; } = [];

    /// <summary>What is a colleague's alone: there for a coordinator, for nobody else.</summary>
    public Dictionary<string, Guid> Hidden { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is there for the zone's own people, and for no visitor: an event that nobody comes for, and a line of it.</summary>
    public Dictionary<string, Guid> OfOurOwn { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Somebody for whom the hidden dossier does not exist, whatever their roles.</summary>
    public Guid Walled { get; private set; }

    /// <summary>Ids of this kind; where none is known, of any.</summary>
    public IReadOnlyList<Guid> Of(string name) => ids.TryGetValue(name, out var known) ? known : ids["dossier"];

    public Person As(Role role) => Zone.As(Accounts[role], role);
    public Visit Visit(Role role) => new(Zone.Platform, Zone.Code, Accounts[role], role);

    public static async Task<World> Make(Platform platform)
    {
        var world = new World(await platform.Zone());
        world.Accounts = await Hire(platform, world.Zone.Code);
        var (zone, worker, onCall) = (world.Zone, world.As(Role.Caseworker), world.As(Role.OnCall));
        var walled = await zone.Hires("walled", Role.Coordinator); // before anybody plans: who works here is kept for seconds
        world.Walled = walled.Id;
        world.Knows("partner", await worker.Send(Referring.Partner()));
        world.Knows("who", await worker.Send(VictimSupport.Tests.Network.Working.Contact(world.ids["partner"][0])));
        world.Knows("agreement", await worker.Send(VictimSupport.Tests.Network.Working.Agreement(zone, world.ids["partner"][0])));
        world.Knows("file", await worker.Send(VictimSupport.Tests.Network.Working.File(world.ids["agreement"][0])));
        world.Knows("activity", await worker.Send(VictimSupport.Tests.Network.Working.Activity(zone, world.ids["partner"][0])));
        world.ids["with"] = world.ids["partner"];
        await Structural(world, walled);
        foreach (var by in (Person[])[worker, worker, onCall, onCall])
        {
            var dossier = await by.Registers(Cases.Intake(zone, phone: "0470 12 34 56"));
            var view = await by.Opens(dossier);
            world.Knows("dossier", dossier);
            world.Knows("person", view.Dossier.Lead!.Value);
            world.Knows("act", view.Planned[0].Id);
            world.Knows("contact", await by.Send(await by.Appointment(zone, dossier) with { Place = VictimSupport.Casework.Codes.Place.Home, Despite = true }));
            world.Knows("contact", await by.Send(await by.Contact(zone, dossier)));
            var once = Guid.NewGuid();
            world.Knows("draft", (await by.Send(new VictimSupport.Casework.Drafts.Save.Command { Draft = once, Once = once, Turn = 1, Place = "/Casework/Intakes/Register intake", Boxes = new Dictionary<string, string[]> { ["Form.Note"] = ["x"] } })).Draft);
            world.Knows("referral", (await by.Refers(dossier, world.ids["partner"][0])).Referral);
            world.Knows("sharing", await by.Shares(dossier));
            world.Knows("filter", await by.Send(new VictimSupport.Casework.Worklist.Filter.Command { Due = VictimSupport.Casework.Worklist.DueBy.Late }));
        }
        var bo = await worker.Send(new Edit.Command { Dossier = world.ids["dossier"][0], GivenName = "Bo", FamilyName = "Exemple", Capacity = Capacity.Relative, Language = "nl", Address = "Rue 1" });
        await worker.Agrees(world.ids["dossier"][0], bo, r => r with { Letter = Rule.Safe });
        var asked = await worker.Send(new Prepare.Query(world.ids["dossier"][0], bo, LetterKind.Recontact, "nl"));
        world.Knows("letter", await worker.Send(new Prepare.Command { Dossier = world.ids["dossier"][0], Person = bo, Kind = LetterKind.Recontact, Language = "nl", Text = "Beste Bo", Shown = asked.Revision }));
        await worker.Send(new VictimSupport.Casework.Dossiers.Write.Command { Dossier = world.ids["dossier"][0], Persons = [bo], Layer = VictimSupport.Foundation.Secrecy.Layer.Police, Text = "Facts" });
        foreach (var note in await zone.Look(z => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ToListAsync(z.Set<VictimSupport.Casework.Dossiers.Note>()))) world.Knows("entry", note.Id);
        world.Knows("id", await world.As(Role.ZoneAdministrator).Send(new OwnEntry.Command { List = CodeList.SubKind, Shipped = "Assault", Fr = "Rixe", Nl = "Vechtpartij", De = "Schlägerei", From = VictimSupport.Design.Html.Moment.Day(platform.Clock.GetUtcNow()) }));
        world.Knows("document", await worker.Puts(world.ids["dossier"][0]));
        world.Knows("document", await worker.Puts(world.ids["dossier"][1]));
        await worker.Closes(world.ids["dossier"][1]);
        var colleague = zone.As(Role.Caseworker);
        world.Hidden["dossier"] = await colleague.Registers(Cases.Intake(zone, "Muster", "Bram"));
        var theirs = await colleague.Opens(world.Hidden["dossier"]);
        await colleague.Send(await colleague.Send(new Edit.Query(world.Hidden["dossier"], theirs.Dossier.Lead!.Value, "fr")) with { Dossier = world.Hidden["dossier"], Person = theirs.Dossier.Lead, Address = "Rue 2" });
        world.Hidden["letter"] = await colleague.Send(new Prepare.Command { Dossier = world.Hidden["dossier"], Person = theirs.Dossier.Lead!.Value, Kind = LetterKind.First, Language = "fr", Text = "Bonjour", Shown = 0 });
        (world.Hidden["person"], world.Hidden["act"], world.Hidden["after"]) = (theirs.Dossier.Lead!.Value, theirs.Planned[0].Id, world.Hidden["dossier"]);
        world.Hidden["document"] = await colleague.Puts(world.Hidden["dossier"]);
        world.Hidden["contact"] = world.Hidden["appointment"] = await colleague.Send(await colleague.Appointment(zone, world.Hidden["dossier"]) with { Place = VictimSupport.Casework.Codes.Place.Home });
        world.Hidden["wall"] = await zone.As(Role.DataProtectionOfficer).Send(new VictimSupport.Casework.Walls.Build.Command { Colleague = walled.Id, Round = VictimSupport.Casework.Walls.Round.Dossier, Number = theirs.Dossier.Number });
        world.Knows("callout", (await onCall.Send(new VictimSupport.Casework.CallOuts.Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid() })).Id);
        world.Hidden["callout"] = (await colleague.Send(new VictimSupport.Casework.CallOuts.Enter.Command { SubKind = "Fire", Language = "fr", Once = Guid.NewGuid() })).Id;
        world.Hidden["unseen"] = world.Hidden["dossier"];
        world.Hidden["referral"] = world.Hidden["again"] = (await colleague.Refers(world.Hidden["dossier"], world.ids["partner"][0])).Referral;
        world.Hidden["sharing"] = await colleague.Shares(world.Hidden["dossier"]);
        // One that goes to a neighbour, one that came from there; nothing is carried from here: the zone's job would take its dossiers from accounts nobody hired.
        var neighbour = await platform.Zone();
        var there = neighbour.As(Role.Coordinator);
        world.Knows("handover", await worker.Send(await worker.Handing(world.ids["dossier"][0], neighbour)));
        world.Knows("handover", await there.HandsOver(await there.Registers(Cases.Intake(neighbour, "Voisin", "Nora")), zone));
        world.Hidden["handover"] = await colleague.Send(await colleague.Handing(world.Hidden["dossier"], neighbour));
        await zone.Gives(world.ids["dossier"][0], world.Accounts[Role.OutsideStandIn]);
        foreach (var account in world.Accounts.Values) world.Knows("account", account);
        world.ids["to"] = world.ids["worker"] = world.ids["companion"] = world.ids["whose"] = world.ids["account"];
        world.ids["appointment"] = world.ids["contact"];
        world.ids["after"] = world.ids["dossier"];
        world.ids["again"] = world.ids["referral"];
        world.Knows("pool", await world.As(Role.ZoneAdministrator).Send(platform.Proposal("Pool")));
        var coordinator = world.As(Role.Coordinator);
        world.Knows("event", await coordinator.Send(Happenings.Opening(zone)));
        foreach (var name in (string[])["Ada", "Bo"]) await worker.Send(Happenings.Somebody(world.ids["event"][0], name, "Exemple"));
        foreach (var line in await Happenings.Lines(zone, world.ids["event"][0])) world.Knows("line", line.Id);
        world.OfOurOwn["event"] = await coordinator.Send(Happenings.Opening(zone) with { Called = "Another" });
        await worker.Send(Happenings.Somebody(world.OfOurOwn["event"], "Cy", "Exemple"));
        world.OfOurOwn["line"] = (await Happenings.Lines(zone, world.OfOurOwn["event"]))[0].Id;
        world.Knows("training", await coordinator.Send(Giving.Plan()));
        world.Knows("slides", await coordinator.Send(Giving.Slides(world.ids["training"][0])));
        world.Knows("session", await coordinator.Send(zone.Sitting(world.ids["training"][0], -1)));
        foreach (var name in (string[])["Ada", "Bo"]) world.Knows("participant", await coordinator.Enters(world.ids["training"][0], name));
        var now = platform.Clock.GetUtcNow();
        await platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.World", zone.Id, house =>
        {
            var (given, waiting) = (RoleGrant.Give(Guid.NewGuid(), zone.Id, Role.FrontDesk, null, Guid.NewGuid(), "invitation", now), RoleGrant.Give(Guid.NewGuid(), zone.Id, Role.Caseworker, null, Guid.NewGuid(), "invitation", now));
            house.AddRange(given, waiting);
            world.Knows("grant", given.Id);
            var shift = VictimSupport.OnCall.Rotas.Shift.New(world.ids["pool"][0], new VictimSupport.OnCall.Rotas.Shift.What(VictimSupport.OnCall.Rotas.Rank.Duty, onCall.Id, zone.Id, now.AddHours(-1), now.AddHours(11), null), default, now);
            var swap = VictimSupport.OnCall.Swaps.Swap.Ask(world.ids["pool"][0], shift.Id, null, (onCall.Id, zone.Id), (worker.Id, zone.Id), default, now);
            house.AddRange(shift, swap);
            world.Knows("shift", shift.Id);
            world.Knows("swap", swap.Id);
            world.Knows("grant", waiting.Id);
            platform.Services.GetRequiredService<IInvite>().Invite(house, $"somebody@{zone.Code}.example", "Somebody", new Promise(zone.Id, Role.Caseworker, null), null, now);
            return Task.FromResult(true);
        }, CancellationToken.None);
        await using var read = platform.Services.GetRequiredService<CatalogDatabase>().Lease();
        foreach (var outside in (await world.As(Role.ZoneAdministrator).Send(new VictimSupport.OnCall.Pools.Show.Query(world.ids["pool"][0]))).Outside) world.Knows("outside", outside.Id);
        foreach (var invitation in await platform.Services.GetRequiredService<IInvite>().Of(read, zone.Id, CancellationToken.None)) world.Knows("invitation", invitation.Id);
        return world;
    }

    // What the service sits in: about nobody who is helped.
    private static async Task Structural(World world, Person coordinator)
    {
        var today = VictimSupport.Design.Html.Moment.Day(world.Zone.Platform.Clock.GetUtcNow());
        world.Knows("body", await coordinator.Send(Network.BodyTests.Council(coordinator)));
        world.Knows("meeting", await coordinator.Send(Network.BodyTests.Held(world.Zone, world.ids["body"][0], coordinator)));
        world.Knows("point", await coordinator.Send(new VictimSupport.Network.Bodies.Point.Command { Body = world.ids["body"][0], What = "Sheet", Owner = coordinator.Id, Due = today.AddDays(1) }));
        world.Knows("project", await coordinator.Send(new VictimSupport.Network.Bodies.EditProject.Command { Title = "Sheet", State = VictimSupport.Network.Bodies.ProjectState.Running, Begins = today }));
        await coordinator.Send(new VictimSupport.Network.Bodies.ShowProject.Command { Project = world.ids["project"][0], Title = "Text", Due = today.AddDays(9) });
        world.Knows("milestone", (await coordinator.Send(new VictimSupport.Network.Bodies.ShowProject.Query(world.ids["project"][0]))).Milestones[0].Id);
        world.Knows("representation", await coordinator.Send(new VictimSupport.Network.Bodies.EditRepresentation.Command { On = today, Title = "Fair", Staff = [coordinator.Id] }));
    }

    private static Task<Dictionary<Role, Guid>> Hire(Platform platform, string code) => platform.Services.GetRequiredService<CatalogDatabase>().WriteAsPlatform("Test.World", null, house =>
        Task.FromResult(Enum.GetValues<Role>().ToDictionary(r => r, r => platform.Services.GetRequiredService<IMakeDemoAccounts>().Ensure(house, $"{r}@{code}.example", $"{r} of {code}", "en", platform.Clock.GetUtcNow()))), CancellationToken.None);

    private void Knows(string kind, Guid id)
    {
        if (!ids.TryGetValue(kind, out var known)) ids[kind] = known = [];
        known.Add(id);
    }

    /// <summary>A form's token and its cookie, good for this account.</summary>
    public static (string Cookie, string Token) TokenOf(IServiceProvider services, Guid? account)
    {
        using var scope = services.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        if (account is { } id) http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Pass.AccountClaim, id.ToString())], "kit"));
        var tokens = services.GetRequiredService<IAntiforgery>().GetTokens(http);
        return (tokens.CookieToken!, tokens.RequestToken!);
    }
}
