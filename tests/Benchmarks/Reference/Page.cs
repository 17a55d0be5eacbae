using System.Text;
using System.Text.Encodings.Web;

namespace VictimSupport.Benchmarks.Reference;

/// <summary>HTML by hand: the same frame, headings, rows and forms as the product's pages, in one language.</summary>
internal sealed class Page
{
    private readonly StringBuilder text = new(24 * 1024);

    public Page(string title, int due, string token)
    {
        Token = token;
        Raw("""<!DOCTYPE html><html lang="fr" class="govuk-template" data-theme="auto"><head><meta charset="utf-8"><title>""").Text(title).Raw("""
             – Portal</title><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex, nofollow">
            <link rel="icon" href="/assets/icon.svg?v=1" type="image/svg+xml"><link rel="stylesheet" href="/assets/portal.css?v=1"><script src="/assets/pre.js?v=1"></script><script src="/assets/portal.js?v=1" defer></script></head>
            <body class="govuk-template__body"><a href="#main" class="govuk-skip-link" data-module="govuk-skip-link">Aller au contenu principal</a><header class="vs-header"><div class="vs-header__bar govuk-width-container">
            <a class="vs-header__product" href="/9901/">Portal</a><span class="vs-header__zone">9901 · Zone de police Exemple</span><nav aria-label="Menu"><ul class="vs-menu"><li><a href="/9901/worklist">À faire</a></li><li><a href="/9901/intake">Nouvelle prise en charge</a></li><li><a href="/9901/search">Rechercher</a></li></ul></nav>
            <a class="vs-bell" href="/9901/worklist">
            """).Text(due.ToString(System.Globalization.CultureInfo.InvariantCulture)).Raw("""</a><form method="post" action="/account/sign-out">""").Hidden("__RequestVerificationToken", token).Raw("""<button class="vs-link">Se déconnecter</button></form></div></header><div class="govuk-width-container"><main class="govuk-main-wrapper" id="main">""");
    }

    public string Token { get; }

    public Page Raw(string html)
    {
        text.Append(html);
        return this;
    }

    public Page Text(string? value)
    {
        text.Append(HtmlEncoder.Default.Encode(value ?? ""));
        return this;
    }

    public Page Hidden(string name, string value) => Raw("<input type=\"hidden\" name=\"").Raw(name).Raw("\" value=\"").Text(value).Raw("\" />");

    public Page Form(string action) => Raw("<form method=\"post\" novalidate action=\"").Text(action).Raw("\">").Hidden("__RequestVerificationToken", Token).Hidden("vs-once", Guid.CreateVersion7().ToString());

    public Page Button(string label) => Raw("<button type=\"submit\" class=\"govuk-button\" data-module=\"govuk-button\" data-prevent-double-click=\"true\">").Text(label).Raw("</button></form>");

    public byte[] End() => Encoding.UTF8.GetBytes(Raw("""</main></div><footer class="govuk-footer"><div class="govuk-width-container"><ul class="vs-languages"><li><a href="/account/language?to=fr" lang="fr" aria-current="true">Français</a></li><li><a href="/account/language?to=nl" lang="nl">Nederlands</a></li><li><a href="/account/language?to=de" lang="de">Deutsch</a></li><li><a href="/account/language?to=en" lang="en">English</a></li></ul></div></footer></body></html>""").text.ToString());
}
