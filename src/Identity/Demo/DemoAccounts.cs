using System.Security.Cryptography;
using System.Text;
using VictimSupport.Foundation.Persistence;
using VictimSupport.Identity.Accounts;
using VictimSupport.Identity.Contracts;

namespace VictimSupport.Identity.Demo;

internal sealed class DemoAccounts : IMakeDemoAccounts
{
    public Guid Ensure(CatalogDbContext house, string email, string displayName, string language, DateTimeOffset now)
    {
        // The id follows from the address: a run that was killed finds what it made.
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("demo " + email)).AsSpan(0, 16));
        if (house.Find<Account>(id) is null)
            house.Add(new Account
            {
                Id = id, IsDemo = true, UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(), EmailConfirmed = true,
                DisplayName = displayName, Language = language, Created = now, SecurityStamp = Guid.NewGuid().ToString("N"), LockoutEnabled = true,
            });
        return id;
    }
}
