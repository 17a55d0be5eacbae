using MediatR;
using Microsoft.Extensions.DependencyInjection;
using VictimSupport.Foundation.Audit;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Pipeline;
using VictimSupport.Privacy.Audit;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.Privacy;

/// <summary>Whoever reads the audit reads words, not the names of our classes.</summary>
public sealed class ActsTests(Platforms platforms)
{
    [Fact]
    public async Task Every_use_case_of_the_running_host_is_said_in_words()
    {
        var modules = (await platforms.On("sqlite")).Services.GetRequiredService<HouseModules>().Assemblies.Append(typeof(Act).Assembly);
        var missing = WithoutWords(modules.SelectMany(a => a.GetTypes())).ToList();
        Assert.True(missing.Count == 0, "Say these acts in src/Privacy/Words.{en,fr,nl,de}.resx:\n" + string.Join('\n', missing));
        Assert.NotEmpty(WithoutWords([typeof(Planted.Query)]));
    }

    [Fact]
    public void An_act_without_words_is_shown_as_its_code() => Assert.Equal("Tests.Unheard.Of", Acts.InWords("Tests.Unheard.Of"));

    [Fact]
    public void A_refusal_is_told_from_its_act() => Assert.Equal(("Casework.Dossiers.ShowView", "absent"), Acts.Split("Casework.Dossiers.ShowView!absent"));

    [Fact]
    public void A_reason_names_the_colleague_who_was_replaced()
    {
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo("en");
        var colleague = Guid.NewGuid();
        Assert.Equal("replacing a colleague: Ada", Acts.Why($"replacing {colleague}", id => id == colleague ? "Ada" : ""));
        Assert.Equal("on duty", Acts.Why("on duty"));
        Assert.Equal("parcel from zone 5340", Acts.Why("parcel from 5340"));
        Assert.Equal("unheard of", Acts.Why("unheard of").Replace('-', ' '));
    }

    private static IEnumerable<string> WithoutWords(IEnumerable<Type> types) => types.Where(t => t is { IsAbstract: false, IsInterface: false } && typeof(IBaseRequest).IsAssignableFrom(t))
        .Select(t => Acts.KeyOf(Act.Of(t))).Distinct().Where(key => Acts.Say(key) is null);

    private static class Planted
    {
        internal sealed record Query : IQuery<bool>;
    }
}
