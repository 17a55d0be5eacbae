using VictimSupport.Identity.Contracts;

namespace VictimSupport.Casework.Contacts;

/// <summary>An appointment as it stands now, beside a form that was filled in over an older one.</summary>
internal sealed record Meanwhile(Contact Now, string Persons, string Worker, string? Companion)
{
    /// <param name="persons">The names of those who are met.</param>
    public static async Task<Meanwhile> Of(Contact now, IEnumerable<string> persons, IAccounts accounts, CancellationToken ct)
    {
        var names = await accounts.Named(new[] { now.Worker, now.Companion }.OfType<Guid>(), ct);
        return new Meanwhile(now, string.Join(", ", persons), Name(now.Worker), now.Companion is { } companion ? Name(companion) : null);

        string Name(Guid? account) => account is { } one && names.TryGetValue(one, out var colleague) ? colleague.DisplayName : Words.Nobody;
    }
}
