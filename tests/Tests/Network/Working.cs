using VictimSupport.Design.Html;
using VictimSupport.Foundation.Secrecy;
using VictimSupport.Network.Activities;
using VictimSupport.Tests.Casework;
using VictimSupport.Tests.Kit;
using Record = VictimSupport.Network.Activities.Record;

namespace VictimSupport.Tests.Network;

/// <summary>Working with partners, through the same requests as people use; each is in order, a test changes what it is about.</summary>
internal static class Working
{
    public static DateOnly Today(this TestZone zone) => Moment.Day(zone.Platform.Clock.GetUtcNow());

    /// <summary>Is there no key any more by which anything of this owner could be opened?</summary>
    public static async Task<bool> IsErased(this TestZone zone, Guid owner)
    {
        var keys = new Keyring(zone.Handle.Keys);
        await keys.Fetch([owner], TestContext.Current.CancellationToken);
        try { return keys.Open(owner).Length == 0; }
        catch (ErasedException) { return true; }
    }

    public static VictimSupport.Network.Partners.Contact.Command Contact(Guid partner, string name = "Ella Exemple") => new() { Partner = partner, Name = name, Function = "Coordinator", Telephone = "0470 00 00 01", Mailbox = "ella@partner.example" };

    /// <summary>In force for a year since the first of this month.</summary>
    public static VictimSupport.Network.Agreements.Edit.Command Agreement(TestZone zone, params Guid[] partners)
    {
        var from = new DateOnly(zone.Today().Year, zone.Today().Month, 1);
        return new() { Title = "Protocol on referrals", Purpose = "Who does what", Partners = [.. partners], From = from, Until = from.AddYears(1).AddDays(-1), Signed = from, NoticeMonths = 3 };
    }

    public static VictimSupport.Network.Agreements.AddFile.Command File(Guid agreement, byte[]? content = null) => new() { About = agreement, Title = "Signed text", Content = content ?? Files.Pdf, FileName = "c:\\scans\\signed.pdf" };

    public static Record.Command Activity(TestZone zone, params Guid[] partners) => new() { On = zone.Today(), Kind = ActivityKind.Meeting, Partners = [.. partners], Subject = "Yearly meeting", TookPart = "Ella Exemple" };
}
