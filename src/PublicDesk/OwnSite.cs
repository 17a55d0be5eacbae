using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using VictimSupport.Foundation.Zones;

namespace VictimSupport.PublicDesk;

/// <summary>A page whose form may come from our own pages only, and that keeps no cookie to know it: the browser says where a form was filled in (<c>Sec-Fetch-Site</c>, and <c>Origin</c>), and no page of another site can say it in its place.
/// It stands in the place of the form's token; <c>vs-form</c> then writes none. A form from elsewhere, or from a browser that says nothing, is refused with 400, and nothing of it is read.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnSiteAttribute : Attribute, IAuthorizationFilter, IOrderedFilter, IAntiforgeryPolicy, IAntiforgeryMetadata
{
    /// <summary>After the check of the token, which then sees that it is not asked for.</summary>
    public int Order => 1001;

    /// <inheritdoc />
    public bool RequiresValidation => false;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        // Under no-referrer a browser hides where a form comes from even from ourselves. To other sites this says no more than that.
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !Hosts.IsOurs(http.Request)) context.Result = new BadRequestResult();
    }
}
