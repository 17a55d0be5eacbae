using Microsoft.AspNetCore.Http;
using VictimSupport.Identity.Contracts;
using VictimSupport.Identity.Federations;
using VictimSupport.Identity.Sessions;

namespace VictimSupport.Identity.SignIn;

/// <summary>What stands in the way of a session to a place.</summary>
internal enum InTheWay { Nothing, NoRole, Stricter, OtherSide }

/// <summary>The one place where passes are minted: only for a place where the account holds a role, to which the session's sign-in is good enough, on the side on which it stands.</summary>
internal sealed class PlaceDoor(IKnowPlaces places, HomeRule home)
{
    /// <param name="to">An address of ours, such as <c>/9901/worklist</c>.</param>
    public async Task<InTheWay> Enter(HttpContext http, Guid account, Guid session, string to, CancellationToken ct)
    {
        var first = "/" + to.Split('/', '?')[1];
        if ((await places.Of(account, ct)).FirstOrDefault(p => p.Path == first) is not { } place) return InTheWay.NoRole;
        if (!await home.Opens(account, session, place.Key, ct)) return InTheWay.Stricter;
        if (!await places.Enter(session, onPlatform: place.Code is null, ct)) return InTheWay.OtherSide;
        await Cookies.Enter(http, account, session, place.Key, place.Path);
        return InTheWay.Nothing;
    }
}
