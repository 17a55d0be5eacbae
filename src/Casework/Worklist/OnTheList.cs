using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace VictimSupport.Casework.Worklist;

/// <summary>The tab and the page of the list that somebody stood on; the forms there carry it, so that a deed leads back to it. Codes and ids only.</summary>
internal static class OnTheList
{
    /// <summary>The field of a form: the query of the list's own address.</summary>
    public const string Field = "list";
    private const int Longest = 40;
    private static readonly string[] Keys = ["tab", "filter", "at"];

    public static RedirectToPageResult BackToList(this PageModel page) => page.RedirectToPage("/Casework/Worklist/Mine", page.PlaceOnList());

    /// <returns>Empty: the list as one arrives at it.</returns>
    public static RouteValueDictionary PlaceOnList(this PageModel page)
    {
        var carried = page.Request.HasFormContentType ? page.Request.Form[Field].ToString() : "";
        return new RouteValueDictionary(QueryHelpers.ParseQuery(carried).Where(q => Keys.Contains(q.Key, StringComparer.Ordinal) && q.Value is [{ Length: > 0 and <= Longest }]).Select(q => KeyValuePair.Create(q.Key, (object?)q.Value[0])));
    }
}
