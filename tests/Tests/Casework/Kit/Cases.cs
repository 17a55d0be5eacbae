using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Contacts;
using VictimSupport.Casework.Countersign;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Casework.FollowUps;
using VictimSupport.Casework.Intakes;
using VictimSupport.Foundation.Access;
using VictimSupport.Tests.Kit;
using Facts = VictimSupport.Casework.Dossiers.Facts;
using Record = VictimSupport.Casework.Contacts.Record;

namespace VictimSupport.Tests.Casework;

/// <summary>What most tests of the casework begin with: an intake, and the dossier it made.</summary>
internal static class Cases
{
    /// <summary>An intake that is in order; a test changes what it is about.</summary>
    public static Register.Command Intake(TestZone zone, string family = "Exemple", string given = "Ada", string? phone = null, string subKind = "Burglary") => new()
    {
        Trigger = Trigger.Person, When = zone.Platform.Clock.GetUtcNow().AddHours(-3), Municipality = "Val-Clair", SubKind = subKind, FamilyName = family, GivenName = given, Phone = phone, Safe = phone is null ? null : Rule.Safe, Language = "fr",
    };

    /// <summary>Registers an intake in this person's name.</summary>
    public static async Task<Guid> Registers(this Person by, Register.Command intake) => (await by.Send(intake)).Dossier;

    public static Task<ShowView> Opens(this Person by, Guid dossier) => by.Send(new ShowView.Query(dossier));

    /// <summary>The person a dossier is shown under.</summary>
    public static async Task<Guid> LeadOf(this Person by, Guid dossier) => (await by.Opens(dossier)).Dossier.Lead!.Value;

    /// <summary>Puts a next act to the next day, as the worklist's button does.</summary>
    /// <returns>false: it was moved or done meanwhile.</returns>
    public static Task<bool> PutsOff(this Person by, FollowUp act) => by.Send(new VictimSupport.Casework.Worklist.PostponeTo.Command(act.Id, Complete.Tomorrow(act.DueAt, by.Zone.Platform.Clock.GetUtcNow()), act.DueAt));

    /// <summary>A contact that was held now, with the lead of the dossier.</summary>
    public static async Task<Record.Command> Contact(this Person by, TestZone zone, Guid dossier) => new()
    {
        Dossier = dossier, Persons = [await by.LeadOf(dossier)], Place = Place.Phone, At = zone.Platform.Clock.GetUtcNow(), Minutes = 20, Services = [ServiceKind.Listening],
    };

    /// <summary>May they open it?</summary>
    public static async Task<bool> Sees(this Person who, Guid dossier)
    {
        try
        {
            await who.Opens(dossier);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>An appointment in two hours with the lead of the dossier, in the office, to which this person goes.</summary>
    public static async Task<Plan.Command> Appointment(this Person by, TestZone zone, Guid dossier) => new()
    {
        Dossier = dossier, Persons = [await by.LeadOf(dossier)], Place = Place.Office, At = zone.Platform.Clock.GetUtcNow().AddHours(2), Minutes = 60, Worker = by.Id,
    };

    /// <summary>Cancels an appointment as it stands now.</summary>
    public static async Task Cancels(this Person by, Guid dossier, Guid appointment, CancelReason reason) =>
        await by.Send(new Cancel.Command { Dossier = dossier, Contact = appointment, Reason = reason, Version = (await by.Send(new Cancel.Query(dossier, appointment))).Planned.Version });

    /// <summary>Saves the facts over what they are now, with a danger.</summary>
    public static async Task Endangers(this Person by, Guid dossier, params Danger[] dangers)
    {
        var now = await by.Send(new Facts.Query(dossier));
        await by.Send(now with { Dossier = dossier, Dangers = [.. dangers] });
    }

    /// <summary>Reads an entry and puts a second name under it.</summary>
    public static async Task Signs(this Person by, Guid dossier, Guid entry) => await by.Send(new Sign.Command(dossier, entry, (await by.Send(new Sign.Query(dossier, entry))).Version));

    /// <summary>Decides who may see a dossier, over what holds now.</summary>
    public static async Task Protects(this Person by, Guid dossier, Protection protection, params Guid[] readers) =>
        await by.Send(new WhoMaySee.Command { Dossier = dossier, Protection = protection, Readers = [.. readers], Version = (await by.Send(new WhoMaySee.Query(dossier))).Version });

    /// <summary>Closes a dossier: what is to come is cancelled before, what the figures lack stays unknown.</summary>
    public static async Task Closes(this Person by, Guid dossier)
    {
        foreach (var gap in await by.Send(new Close.Query(dossier)))
        {
            if (gap.Kind == GapKind.Appointment) await by.Cancels(dossier, gap.Entry!.Value, CancelReason.ByTheService);
        }
        await by.ClosesAtOnce(dossier);
    }

    /// <summary>Presses close, with a why for all that is unknown and nothing done about what is unfinished.</summary>
    public static async Task<Close.Closing> ClosesAtOnce(this Person by, Guid dossier) => await by.Send(new Close.Command
    {
        Dossier = dossier, Reason = ClosingReason.NeedsMet, Outcome = Outcome.Supported,
        Why = (await by.Send(new Close.Query(dossier))).Where(g => g.MayStayUnknown).ToDictionary(g => g.Key, _ => (WhyUnknown?)WhyUnknown.DidNotSay),
    });
}
