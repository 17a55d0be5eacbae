using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VictimSupport.Casework.Codes;
using VictimSupport.Casework.Dossiers;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;
using Place = VictimSupport.Casework.Codes.Place;

namespace VictimSupport.Casework.Contacts;

/// <summary>Contacts that were planned.</summary>
internal static class Appointments
{
    /// <exception cref="RefusedException">This dossier has no such appointment.</exception>
    public static async Task<Contact> Find(IQueryable<Contact> contacts, Guid dossier, Guid id, CancellationToken ct) =>
        await contacts.SingleOrDefaultAsync(c => c.Id == id && c.DossierId == dossier && c.PlannedFor != null, ct) ?? throw new RefusedException("absent", dossier);

    /// <summary>The same, to say how it went: whoever changes dossiers does. A trainee who went along records a contact of their own, which waits for a second name.</summary>
    public static Task<Contact> Ended(IQueryable<Contact> contacts, Guid dossier, Guid id, Caller caller, CancellationToken ct) =>
        caller.May(May.ChangeDossiers) ? Find(contacts, dossier, id, ct) : throw new RefusedException("role", dossier);

    /// <summary>The same room, however it was typed: small or large letters, accents, spaces.</summary>
    public static bool SameRoom(string? one, string? other) => one is not null && other is not null && Plain(one) == Plain(other);

    // Not folded as a name is: there a point is a space, and 1.2 is not 12.
    private static string Plain(string room) => string.Concat(room.Normalize(NormalizationForm.FormKD).Where(c => !char.IsWhiteSpace(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)).ToUpperInvariant();

    /// <summary>14:00–15:30, with the day of the end where it is another; and the real minutes where the clock is put back or forward meanwhile.</summary>
    public static string Span(DateTimeOffset from, DateTimeOffset to) =>
        $"{Moment.Clock(from)}–{(Moment.Day(from) == Moment.Day(to) ? Moment.Clock(to) : Moment.Show(to))}{(Moment.Local(to) - Moment.Local(from) == to - from ? "" : $" ({Words.RealMinutes((int)(to - from).TotalMinutes)})")}";
}

/// <summary>What stands in the way of an appointment, and never prevents it: somebody or a room that is taken, an office that is closed.</summary>
internal sealed class Diary(ZoneDbContext zone, UseCase here, Guard guard, Colleagues colleagues, IZoneSettings settings, IAccounts accounts, Caller caller)
{
    private sealed record Taken(Guid? Worker, Guid? Companion, DateTimeOffset At, int Minutes, int Travel, string? Room)
    {
        public DateTimeOffset Ends => At.AddMinutes(Minutes);
        public DateTimeOffset Leaves => At.AddMinutes(-Travel);
        public DateTimeOffset IsBack => Ends.AddMinutes(Travel);
    }

    /// <summary>Who may go: whoever the dossier may be given to, the caller, and those who go already.</summary>
    public async Task<IReadOnlyList<Guid>> WhoMayGo(Dossier dossier, Contact? planned, CancellationToken ct)
    {
        Guid?[] already = [caller.Account, planned?.Worker, planned?.Companion];
        var may = await colleagues.WhoMayGet(dossier, ct);
        // Whoever goes is let in; who is let into a restricted dossier is not for whoever has it to say.
        if (dossier.Protection == Protection.Restricted && !await guard.Leads(dossier, ct))
        {
            var seeing = (await colleagues.Named(dossier.Id, ct)).Select(g => g.Account).Concat((await colleagues.Holding([Role.Coordinator], ct)).Keys).ToHashSet();
            may = [.. may.Where(seeing.Contains)];
        }
        return [.. may.Concat(already.OfType<Guid>()).Distinct()];
    }

    /// <summary>The rooms of the zone.</summary>
    public async Task<IReadOnlyList<string>> Rooms(CancellationToken ct) => (await settings.Of(here.InZone.Id, ct)).Rooms;

    /// <param name="except">The appointment that is moved: it is not in its own way.</param>
    public async Task<IReadOnlyList<string>> Warnings(Agreed agreed, Guid? except, CancellationToken ct)
    {
        var mine = new Taken(agreed.Worker, agreed.Companion, agreed.At, agreed.Minutes, agreed.Travel, agreed.Place == Place.Office ? agreed.Room?.Trim() : null);
        // Nothing lasts longer than a day and takes longer than half of one to reach.
        var (from, to) = (mine.Leaves.AddDays(-2), mine.IsBack.AddDays(1));
        var near = await zone.Set<Contact>().AsNoTracking().Where(c => c.State == ContactState.Planned && c.PlannedFor != null && c.At > from && c.At < to && c.Id != except)
            .Select(c => new Taken(c.Worker, c.Companion, c.At, c.Minutes, c.Travel, c.Room)).ToListAsync(ct);
        var names = await accounts.Named(new[] { agreed.Worker, agreed.Companion }.OfType<Guid>(), ct);
        var warnings = new List<string>();
        foreach (var who in new[] { agreed.Worker, agreed.Companion }.OfType<Guid>().Distinct())
        {
            foreach (var other in near.Where(o => (o.Worker == who || o.Companion == who) && o.Leaves < mine.IsBack && mine.Leaves < o.IsBack))
                warnings.Add(Words.WorkerIsTaken(names.TryGetValue(who, out var colleague) ? colleague.DisplayName : Words.Nobody, Appointments.Span(other.At, other.Ends)));
        }
        if (mine.Room is { Length: > 0 } room)
            warnings.AddRange(near.Where(o => Appointments.SameRoom(o.Room, room) && o.At < mine.Ends && mine.At < o.Ends).Select(o => Words.RoomIsTaken(room, Appointments.Span(o.At, o.Ends))));
        if (agreed.Place == Place.Office && (await settings.Of(here.InZone.Id, ct)).Hours is { AreKnown: true } hours && !IsOpen(hours, mine.At, mine.Ends)) warnings.Add(Words.OfficeIsClosed);
        return warnings;
    }

    /// <summary>Is the office open the whole time, on a Belgian clock?</summary>
    internal static bool IsOpen(OpeningHours hours, DateTimeOffset at, DateTimeOffset ends)
    {
        var (from, to) = (Moment.Local(at), Moment.Local(ends));
        return from.Date == to.Date && hours.On(from.DayOfWeek).Any(s => s.From <= TimeOnly.FromDateTime(from) && TimeOnly.FromDateTime(to) <= s.To);
    }
}
