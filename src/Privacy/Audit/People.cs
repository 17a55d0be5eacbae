using VictimSupport.Design.Tags;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Identity.Contracts;
using VictimSupport.Zones.Contracts;

namespace VictimSupport.Privacy.Audit;

/// <summary>Names of those who work or worked in the zone, to choose from and to show.</summary>
internal sealed class People(IRoleHistory roles, IAccounts accounts, WhereAndWho who)
{
    public async Task<IReadOnlyList<Choice>> Choices(CancellationToken ct)
    {
        var staff = (await roles.Of(who.Zone!.Id, ct)).Select(s => s.Account);
        return [.. (await accounts.Named(staff, ct)).Values.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).Select(c => new Choice(c.Id.ToString(), c.DisplayName))];
    }

    public async Task<Func<Guid?, string>> Named(IEnumerable<Guid?> ids, CancellationToken ct)
    {
        var names = await accounts.Named(ids.OfType<Guid>(), ct);
        return id => id is null ? Words.ThePlatform : names.TryGetValue(id.Value, out var colleague) ? colleague.DisplayName : Words.UnknownPerson;
    }
}
