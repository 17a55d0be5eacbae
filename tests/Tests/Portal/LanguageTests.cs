using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Portal;

public sealed class LanguageTests(Platforms platforms)
{
    [Theory]
    [InlineData("nl", "nl"), InlineData("nl-NL,nl;q=0.9,en;q=0.8", "nl"), InlineData("DE-at", "de"), InlineData("en-GB,en;q=0.9", "en"), InlineData("fr", "fr")]
    [InlineData("ar,pl;q=0.8,de;q=0.5", "de"), InlineData("ar", "fr"), InlineData("*", "fr"), InlineData("-,;q=,nl-", "nl"), InlineData("zz-😀", "fr")]
    public async Task A_page_speaks_the_browsers_language_whatever_country_it_names(string wished, string spoken)
    {
        using var visit = new Visit(await platforms.On("sqlite"), "", null);
        visit.Client.DefaultRequestHeaders.AcceptLanguage.Clear();
        visit.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", wished);
        Assert.Equal(spoken, (await visit.Page("/")).DocumentElement.GetAttribute("lang"));
    }
}
