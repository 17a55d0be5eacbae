using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Casework.People;
using VictimSupport.Casework.Tray;
using VictimSupport.Foundation.Mail;
using VictimSupport.Foundation.Modules;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>Nothing goes out to anybody round the gate: no link that dials or writes, no class that reads where somebody is to be reached, none that sends without leave. Each rule catches a planted violation.</summary>
public sealed partial class GateTests(Platforms platforms)
{
    /// <summary>The one place where a number can be pressed.</summary>
    private const string TheLink = "src/Casework/People/_Tel.cshtml";

    /// <summary>The numbers of the service itself and of helplines, on the pages for anybody: whoever reads them dials, and nobody is reached.</summary>
    private const string TheServices = "src/PublicDesk/Desk/OpenState.cs";

    /// <summary>The number of whoever is on call: a colleague's own or the service's, never that of somebody who is helped.</summary>
    private const string TheDuty = "src/OnCall/Now/_Number.cshtml";

    [Fact]
    public void Only_one_partial_writes_a_link_that_dials_or_writes()
    {
        var faults = Sources().Where(s => s.Path is not (TheLink or TheServices or TheDuty)).SelectMany(s => Links(s.Text).Select(l => $"{s.Path}: {l}")).ToList();
        Assert.True(faults.Count == 0, "Ask the gate, and show People/_Tel.cshtml with its leave:\n" + string.Join('\n', faults));
        Assert.All(new[] { TheLink, TheServices, TheDuty }, path => Assert.Contains("tel:", Repository.Read(path), StringComparison.Ordinal));
        foreach (var planted in new[] { "<a href=\"tel:@phone\">", "<a href='mailto:@mail'>", "$\"sms:{phone}\"", "href=\"@(\"tel:\" + phone)\"", "\"https://wa.me/\" + phone", "Protocol = \"SMSTO:\"", "href=\"geo:0,0?q=@address\"" }) Assert.NotEmpty(Links(planted));
        Assert.Empty(Links("<label>Hotel: a room</label> autocomplete=\"tel\" type=\"tel\" Detail: x"));
        // The numbers that anybody calls in danger are nobody's.
        Assert.Empty(Links("<a href=\"tel:112\">112</a> <a href=\"tel:101\">101</a>"));
        Assert.NotEmpty(Links("<a href=\"tel:1120470\">"));
        // The number of whoever is on call is shown where one looks for it, and by no page of dossiers.
        Assert.Equal(["src/OnCall/Now/Open.cshtml", "src/OnCall/Now/Show.cshtml"], Sources().Where(s => s.Text.Contains("/Now/_Number.cshtml", StringComparison.Ordinal) && s.Path.EndsWith(".cshtml", StringComparison.Ordinal)).Select(s => s.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_partial_of_the_link_takes_leave_and_nothing_else()
    {
        Assert.Matches(@"@model Clearance\s", Repository.Read(TheLink));
        foreach (var user in Sources().Where(s => s.Text.Contains("/_Tel.cshtml", StringComparison.Ordinal) && s.Path.EndsWith(".cshtml", StringComparison.Ordinal))) Assert.Contains("model=\"leave\"", user.Text, StringComparison.Ordinal);
    }

    /// <summary>Who reads a number or an address, and what for. None of them sends.</summary>
    private static readonly Dictionary<string, string> Readers = new(StringComparer.Ordinal)
    {
        [typeof(Clearance).FullName!] = "the gate itself: what it reads leaves only with leave",
        [typeof(Edit).FullName!] = "the form in which it is noted and corrected",
        ["VictimSupport.Casework.People.Safe"] = "compared with the alleged perpetrator's, where a number for messages is noted",
        [typeof(SearchToken).FullName!] = "the keyed tokens by which somebody is found",
        ["VictimSupport.Casework.People.Doors"] = "whether two live in one house: a danger comes out, no address",
        [typeof(Merge).FullName!] = "the form in which two rows of one person become one",
        [typeof(Blackout).FullName!] = "blackened in what is printed for somebody else",
        [typeof(SafeContact).FullName!] = "which number for messages stays when two rows become one",
        ["VictimSupport.Casework.People.Casework_People_Safe"] = "the form in which the number for messages is noted",
        ["VictimSupport.Casework.Walls.Sought"] = "the keyed tokens by which whoever may be the same is found",
        ["VictimSupport.Casework.Walls.SamePerson"] = "compared, to know whether two are the same",
        ["VictimSupport.Casework.Counting.Mark"] = "hashed with a key, to know whose case it is",
        ["VictimSupport.Casework.Intakes.Duplicates"] = "compared, to show who may be known",
        ["VictimSupport.Casework.Intakes.Towns"] = "the town in which somebody lives, so that partners are looked for there: a town comes out, no address",
        ["VictimSupport.Casework.Intakes.Known"] = "handed to the search for duplicates",
        ["VictimSupport.Casework.Dossiers.Search"] = "compared with what was searched for",
        [typeof(TrayMessage).FullName!] = "the message's own: whom it is about, for walls",
        ["VictimSupport.Casework.Referrals.Disclosing"] = "what somebody agreed that a partner be told; never goes where they said never, and always with its rule",
        ["VictimSupport.Casework.CallOuts.Enter"] = "the form of a call-out: of somebody whose name nobody knows yet",
        ["VictimSupport.Casework.CallOuts.Entering"] = "noted with the name that came to be known; a number that changed is to be asked about again",
        ["VictimSupport.Casework.Handovers.Handing"] = "what goes to another zone's service, ticked and seen, always with all rules of safe contact",
        ["VictimSupport.Casework.Handovers.Casework_Handovers__Content"] = "the same, shown before it goes and where it came",
        ["VictimSupport.Casework.Handovers.Show"] = "handed to the search for duplicates",
        ["VictimSupport.Casework.Handovers.Decide"] = "whether a letter may be planned: the gate is asked before one is written",
        ["VictimSupport.Casework.Tray.Prefill"] = "the intake form that a message fills in",
        ["VictimSupport.Casework.Tray.AddTo"] = "a number that a message names and the dossier has not: written down beside what was said of it",
        ["AspNetCoreGeneratedDocument.Casework_People_Edit"] = "the form",
        ["VictimSupport.Casework.Lists.AddReport"] = "compared with what a list says, which is written down beside it",
        ["VictimSupport.Casework.Events.LineRow"] = "asks whose number is not shown in the list of an event",
        ["VictimSupport.Casework.Events.ReadLine"] = "compared, to propose who may be the same",
        ["VictimSupport.Casework.Events.Line"] = "the form in which it is corrected",
        ["VictimSupport.Casework.Events.ListText"] = "the file of an event's list: without the numbers of those who are not to be called",
        ["VictimSupport.Casework.Events.Casework_Events_Show"] = "the list of an event: without the numbers of those who are not to be called",
        ["VictimSupport.Casework.Events.Casework_Events_Alike"] = "the same, of two who may be one",
    };

    [Fact]
    public void Nobody_reads_where_somebody_is_to_be_reached_but_the_gate_and_those_who_never_send()
    {
        var faults = ReadersOf(typeof(Clearance).Assembly.GetTypes()).Except(Readers.Keys).ToList();
        Assert.True(faults.Count == 0, "They read a number or an address past the gate:\n" + string.Join('\n', faults));
        Assert.Contains(typeof(Clearance).FullName, ReadersOf(typeof(Clearance).Assembly.GetTypes())); // the rule sees what there is to see
        Assert.NotEmpty(ReadersOf([typeof(PlantedSender)]));
        Assert.NotEmpty(ReadersOf([typeof(PlantedSecond)]));
        Assert.NotEmpty(ReadersOf(typeof(PlantedReader).GetNestedTypes(BindingFlags.NonPublic))); // and into the machinery of an async method
    }

    [Fact]
    public async Task Whoever_sends_to_somebody_helped_is_handed_leave()
    {
        // Mail of the house goes to colleagues; only one class carries it to somebody helped, and its one method asks for leave.
        string[] neutral = [.. typeof(Clearance).Assembly.GetTypes().Where(t => t.BaseType?.Name is "NeutralMail" or "MailAsChosen").Select(t => t.FullName!), "VictimSupport.Casework.FollowUps.NeutralMail", "VictimSupport.Casework.Events.EventAskedMail", typeof(TextByMail).FullName!];
        Assert.Empty(TakersOf(typeof(Clearance).Assembly.GetTypes(), typeof(ISendMail)).Except(neutral));
        Assert.NotEmpty(TakersOf([typeof(PlantedSender)], typeof(ISendMail)));
        // The form of a message, a reminder and the news of a handover ask only whether there is a provider.
        string[] asking = [typeof(Text).FullName!, "VictimSupport.Casework.Contacts.AppointmentReminders", "VictimSupport.Casework.Handovers.Telling"];
        Assert.Equal([typeof(SendMessage).FullName!], TakersOf(typeof(Clearance).Assembly.GetTypes(), typeof(ISendText)).Where(t => !asking.Any(a => t.StartsWith(a, StringComparison.Ordinal))));
        Assert.Equal([typeof(SendMessage).FullName!], CallersOf(typeof(Clearance).Assembly.GetTypes(), typeof(ISendText).GetMethod(nameof(ISendText.Send))!));
        Assert.NotEmpty(CallersOf([typeof(PlantedTexter)], typeof(ISendText).GetMethod(nameof(ISendText.Send))!));
        // A text message leaves by the same leave, or goes to a colleague.
        var house = (await platforms.On("sqlite")).Services.GetRequiredService<HouseModules>().Assemblies.Append(typeof(ISendSms).Assembly).Distinct().SelectMany(a => a.GetTypes());
        Assert.Equal(["VictimSupport.Casework.Contacts.LateCheckOutSms", typeof(TextBySms).FullName!], CallersOf(house, typeof(ISendSms).GetMethod(nameof(ISendSms.Send))!).Order(StringComparer.Ordinal));
        Assert.NotEmpty(CallersOf([typeof(PlantedTexter)], typeof(ISendSms).GetMethod(nameof(ISendSms.Send))!));
        Assert.Equal(typeof(Clearance), typeof(ISendText).GetMethod(nameof(ISendText.Send))!.GetParameters()[0].ParameterType);
        // What goes out is made from leave alone.
        foreach (var made in new[] { typeof(Message), typeof(VictimSupport.Casework.Letters.Letter) })
        {
            Assert.All(made.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), c => Assert.True(c.IsPrivate));
            Assert.All(made.GetMethods(BindingFlags.Static | BindingFlags.Public).Where(m => m.ReturnType == made), m => Assert.Equal(typeof(Clearance), m.GetParameters()[0].ParameterType));
        }
        Assert.All(typeof(Clearance).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), c => Assert.True(c.IsPrivate));
    }

    private static IEnumerable<(string Path, string Text)> Sources() => new[] { "*.cs", "*.cshtml", "*.js" }
        .SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), kind, SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal) && !f.Contains("/wwwroot/", StringComparison.Ordinal) && !f.Contains("/Migrations.", StringComparison.Ordinal))
        .Select(f => (Path.GetRelativePath(Repository.Root, f), File.ReadAllText(f)));

    // Comments may speak of it.
    private static IEnumerable<string> Links(string text) => text.Split('\n').Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal) && Link().IsMatch(l)).Select(l => l.Trim());

    [GeneratedRegex("(?<![a-z])(tel|callto|sms|smsto|mailto|whatsapp|skype|geo):(?!(112|101)\")[^:\\s=>]|(?<![a-z])(tel|callto|sms|smsto|mailto|whatsapp|skype|geo):\"|wa\\.me/", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    /// <summary>Types whose code reads a telephone, a mail or a postal address of somebody; what the compiler makes of a method belongs to who wrote it.</summary>
    private static IEnumerable<string> ReadersOf(IEnumerable<Type> types)
    {
        var getters = new[] { (typeof(Particulars), nameof(Particulars.Phone)), (typeof(Particulars), nameof(Particulars.Mail)), (typeof(Particulars), nameof(Particulars.Address)), (typeof(SafeDetails), nameof(SafeDetails.SmsNumber)), (typeof(TrayMessage), nameof(TrayMessage.Phone)), (typeof(VictimSupport.Casework.Events.LineSays), nameof(VictimSupport.Casework.Events.LineSays.Phone)) }
            .Select(g => g.Item1.GetProperty(g.Item2)!.GetMethod!).ToHashSet();
        return types.SelectMany(t => t.GetMethods(All).Cast<MethodBase>().Concat(t.GetConstructors(All)))
            .Where(m => m.DeclaringType is not null && !IsOfTheRecord(m) && Called(m).Any(getters.Contains)).Select(m => Outermost(m.DeclaringType!).FullName!).Distinct();
    }

    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Equality, printing and copying of the records themselves.
    private static bool IsOfTheRecord(MethodBase method) => method.DeclaringType == typeof(Particulars) || method.DeclaringType == typeof(VictimSupport.Casework.Events.LineSays) || method.DeclaringType == typeof(SafeDetails);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    // A call is an opcode and a token; whatever else looks like one names no method.
    private static IEnumerable<MethodBase> Called(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) yield break;
        for (var i = 0; i + 5 <= il.Length; i++)
        {
            if (il[i] is not (0x28 or 0x6F)) continue;
            var token = BitConverter.ToInt32(il, i + 1);
            if ((token >> 24) is not (0x06 or 0x0A)) continue;
            MethodBase? called = null;
            try { called = method.Module.ResolveMethod(token, method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null); }
            catch (Exception e) when (e is ArgumentException or BadImageFormatException) { /* it was no call */ }
            if (called is not null) yield return called;
        }
    }

    private static IEnumerable<string> CallersOf(IEnumerable<Type> types, MethodInfo wanted) =>
        types.SelectMany(t => t.GetMethods(All)).Where(m => Called(m).Contains(wanted)).Select(m => Outermost(m.DeclaringType!).FullName!).Distinct();

    private sealed class PlantedTexter
    {
        public static Task Sends(ISendText sender, Clearance leave) => sender.Send(leave, "k", "t", "fr", CancellationToken.None);
        public static Task Texts(ISendSms sender, string number) => sender.Send(new Sms("k", number, "t"), CancellationToken.None);
    }

    private static IEnumerable<string> TakersOf(IEnumerable<Type> types, Type wanted) => types.Where(t => t.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Any(c => c.GetParameters().Any(p => p.ParameterType == wanted || p.ParameterType == typeof(IEnumerable<>).MakeGenericType(wanted)))).Select(t => t.FullName!).Distinct();

    private sealed class PlantedReader
    {
        public static async Task<string?> Rings(Particulars who)
        {
            await Task.Yield();
            return who.Phone;
        }
    }

    private static class PlantedSecond
    {
        public static string? Rings(SafeDetails agreed) => agreed.SmsNumber;
    }

    private sealed class PlantedSender(ISendMail mail)
    {
        public Task Writes(Particulars who) => mail.Send(new Letter("k", who.Mail!, "s", "t"), CancellationToken.None);
    }
}
