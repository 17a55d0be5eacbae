using FluentValidation;
using FluentValidation.Results;
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
/// Nobody brings himself in, and some roles do not go together.</summary>
internal enum NewcomerFate { New, Changed, Unchanged, Oneself, Clash }

/// <summary>Brings people in, for the form and the file alike. Somebody who works here already gets the roles that are missing; anybody else is invited,
/// whether the address has an account elsewhere or not.</summary>
internal sealed class Bringing(IInvite invitations, IAccounts accounts, TimeProvider clock)
{
    public async Task<IReadOnlyList<(Newcomer Person, NewcomerFate Fate)>> Compare(CatalogDbContext house, Guid zone, IReadOnlyList<Newcomer> people, Guid by, CancellationToken ct)
    {
        var (found, known) = (new List<(Newcomer, NewcomerFate)>(), await Known(house, zone, ct));
        foreach (var person in people) found.Add((person, (await Look(person, known, by, ct)).Fate));
        return found;
    }

    /// <returns>How many were invited or given a role.</returns>
    /// <exception cref="RefusedException">Nobody gives himself a role, nor one that does not go with what the colleague is.</exception>
    public async Task<int> Bring(CatalogDbContext house, Guid zone, IReadOnlyList<Newcomer> people, Guid by, string address, CancellationToken ct)
    {
        var (now, known, brought) = (clock.GetUtcNow(), await Known(house, zone, ct), 0);
        foreach (var person in people)
        {
            var (fate, account, open) = await Look(person, known, by, ct);
            if (fate is NewcomerFate.Oneself or NewcomerFate.Clash) throw new RefusedException(fate == NewcomerFate.Oneself ? "own" : "clash", account);
            if (fate == NewcomerFate.Unchanged) continue;
            if (account is { } colleague) foreach (var role in Missing(person, known.Grants, colleague, now)) 
            {
                var grant = RoleGrant.Give(colleague, zone, role, EndOf(person.Until), by, "given", now);
                house.Add(grant);
                Confirmations.Notices.Given(house, grant, now);
            }
            else
            {
                if (await invitations.Doubt(house, person.Email, zone, now, ct) is { } doubt) throw Mistakable(doubt);
                if (open is { } earlier) await invitations.Revoke(house, earlier, zone, now, ct);
                invitations.InviteByMail(house, new Invitee(person.Email, person.Name, person.Language), new Promise(zone, person.Roles, person.Until), by, address, now);
            }
            brought++;
        }
        return brought;
    }

    // Said at the field of the form, and on top of the page for a file.
    private static ValidationException Mistakable(AddressDoubt doubt) => new([new ValidationFailure("Email", doubt == AddressDoubt.NotPlain ? Words.AddressNotPlain : Words.AddressLooksLike)]);

    /// <summary>The instant after a role's last day, on a Belgian clock.</summary>
    public static DateTimeOffset? EndOf(DateOnly? until) => until is { } day ? Moment.Instant(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) : null;

    private sealed record Here(IReadOnlyList<RoleGrant> Grants, IReadOnlyDictionary<string, InvitationState> Open);

    private async Task<Here> Known(CatalogDbContext house, Guid zone, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var grants = await house.Set<RoleGrant>().AsNoTracking().Where(g => g.Zone == zone && (g.To == null || g.To > now)).ToListAsync(ct);
        var open = (await invitations.Of(house, zone, ct)).Where(i => i.IsOpen(now)).GroupBy(i => i.Email, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First(), StringComparer.OrdinalIgnoreCase);
        return new Here(grants, open);
    }

    private async Task<(NewcomerFate Fate, Guid? Colleague, Guid? Open)> Look(Newcomer person, Here known, Guid by, CancellationToken ct)
    {
        var account = (await accounts.WithEmail(person.Email, ct))?.Id;
        if (account == by) return (NewcomerFate.Oneself, account, null);
        var held = known.Grants.Where(g => g.Account == account).Select(g => g.Role).ToList();
        if (held.Count > 0 && !RoleTemplates.GoTogether(held.Concat(person.Roles).ToHashSet())) return (NewcomerFate.Clash, account, null);
        if (account is { } id && held.Count > 0) return (Missing(person, known.Grants, id, clock.GetUtcNow()).Any() ? NewcomerFate.Changed : NewcomerFate.Unchanged, id, null);
        if (!known.Open.TryGetValue(person.Email.Trim(), out var open)) return (NewcomerFate.New, null, null);
        return (open.Roles.ToHashSet().SetEquals(person.Roles) && open.Until == person.Until ? NewcomerFate.Unchanged : NewcomerFate.Changed, null, open.Id);
    }

    private static IEnumerable<Role> Missing(Newcomer person, IReadOnlyList<RoleGrant> grants, Guid account, DateTimeOffset now) =>
        person.Roles.Where(r => !grants.Any(g => g.Account == account && g.Role == r && (g.To is null || g.To > now)));
}
