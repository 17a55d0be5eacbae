using Microsoft.EntityFrameworkCore;
using VictimSupport.Design.Html;
using VictimSupport.Foundation.Access;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Zones.Staff;

/// <summary>Somebody who is to work in the zone.</summary>
/// <param name="Line">Where the file says so; 0 for a form.</param>
internal sealed record Newcomer(string Name, string Email, IReadOnlyList<Role> Roles, DateOnly? Until, string Language, int Line = 0);

/// <summary>What bringing somebody in does: an invitation, more roles for a colleague or other terms for one who is invited, or nothing that is not so already.
/// Nobody brings himself in, some roles do not go together, and no address is taken for another.</summary>
internal enum NewcomerFate { New, Changed, Unchanged, Oneself, Clash, NotPlain, Mistakable }

/// <summary>Brings people in, for the form and the file alike. Somebody who works here already gets the roles that are missing; anybody else is invited,
/// whether the address has an account elsewhere or not.</summary>
internal sealed class Bringing(IInvite invitations, IAccounts accounts, TimeProvider clock)
{
    public async Task<IReadOnlyList<(Newcomer Person, NewcomerFate Fate)>> Compare(CatalogDbContext house, Guid zone, IReadOnlyList<Newcomer> people, Guid by, CancellationToken ct) =>
        [.. (await Look(house, zone, people, by, ct)).Select(found => (found.Person, found.Fate))];

    /// <summary>What is wrong and in which column of a file; null: nothing.</summary>
    public static (string Column, string Wrong)? Refusal(NewcomerFate fate) => fate switch
    {
        NewcomerFate.Oneself => ("email", Words.NotOneself),
        NewcomerFate.Clash => ("roles", Words.OfficerAlone),
        NewcomerFate.NotPlain => ("email", Words.AddressNotPlain),
        NewcomerFate.Mistakable => ("email", Words.AddressLooksLike),
        _ => null,
    };

    /// <returns>How many were invited or given a role.</returns>
    /// <exception cref="RefusedException">Nobody gives himself a role, nor one that does not go with what the colleague is, nor to an address that passes for another.</exception>
    public async Task<int> Bring(CatalogDbContext house, Guid zone, IReadOnlyList<Newcomer> people, Guid by, CancellationToken ct)
    {
        var (now, brought) = (clock.GetUtcNow(), 0);
        foreach (var (person, fate, account, missing, open) in await Look(house, zone, people, by, ct))
        {
            if (Refusal(fate) is not null) throw new RefusedException(fate switch { NewcomerFate.Oneself => "own", NewcomerFate.Clash => "clash", _ => "address" }, account);
            if (fate == NewcomerFate.Unchanged) continue;
            if (account is { } colleague) foreach (var role in missing)
            {
                var grant = RoleGrant.Give(colleague, zone, role, EndOf(person.Until), by, "given", now);
                house.Add(grant);
                Confirmations.Notices.Given(house, grant, now);
            }
            else
            {
                if (open is { } earlier) await invitations.Revoke(house, earlier, zone, now, ct);
                invitations.InviteByMail(house, new Invitee(person.Email, person.Name, person.Language), new Promise(zone, person.Roles, person.Until), by, now);
            }
            brought++;
        }
        return brought;
    }

    /// <summary>The instant after a role's last day, on a Belgian clock.</summary>
    public static DateTimeOffset? EndOf(DateOnly? until) => until is { } day ? Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) : null;

    /// <param name="Account">A colleague who works here, or is refused; null: somebody to invite.</param>
    /// <param name="Open">An invitation that other terms replace.</param>
    private sealed record Found(Newcomer Person, NewcomerFate Fate, Guid? Account, IReadOnlyList<Role> Missing, Guid? Open);

    private async Task<IReadOnlyList<Found>> Look(CatalogDbContext house, Guid zone, IReadOnlyList<Newcomer> people, Guid by, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && (g.To == null || g.To > now)).ToListAsync(ct);
        var invited = (await invitations.Of(house, zone, ct)).Where(i => i.IsOpen(now)).GroupBy(i => i.Email, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First(), StringComparer.OrdinalIgnoreCase);
        var doubts = await invitations.Doubts(house, [.. people.Select(p => p.Email)], zone, by, now, ct);
        var found = new List<Found>();
        foreach (var person in people) found.Add(Of(person, (await accounts.WithEmail(person.Email, ct))?.Id));
        return found;

        Found Of(Newcomer person, Guid? account)
        {
            if (account == by) return new(person, NewcomerFate.Oneself, account, [], null);
            var held = grants.Where(g => g.Account == account).Select(g => g.Role).ToList();
            if (held.Count > 0)
            {
                if (!RoleTemplates.GoTogether(held.Concat(person.Roles).ToHashSet())) return new(person, NewcomerFate.Clash, account, [], null);
                var missing = person.Roles.Except(held).ToList();
                return new(person, missing.Count > 0 ? NewcomerFate.Changed : NewcomerFate.Unchanged, account, missing, null);
            }
            if (doubts.TryGetValue(person.Email, out var doubt)) return new(person, doubt switch { AddressDoubt.NotPlain => NewcomerFate.NotPlain, AddressDoubt.Oneself => NewcomerFate.Oneself, _ => NewcomerFate.Mistakable }, null, [], null);
            if (!invited.TryGetValue(person.Email.Trim(), out var open)) return new(person, NewcomerFate.New, null, [], null);
            return new(person, open.Roles.ToHashSet().SetEquals(person.Roles) && open.Until == person.Until ? NewcomerFate.Unchanged : NewcomerFate.Changed, null, [], open.Id);
        }
    }
}
