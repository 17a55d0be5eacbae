using System.Security.Cryptography;
using CsCheck;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Tests.Foundation.Search;

public sealed class NameSearchTests
{
    private static readonly SearchKey Key = new(SHA256.HashData("names"u8));

    public static TheoryData<string, string, string, string> Same => Data(NamePairs.Same);

    public static TheoryData<string, string, string, string> Different => Data(NamePairs.Different);

    [Theory, MemberData(nameof(Same))]
    public void A_name_is_found_however_it_is_spelled(string typed, string family, string given, string why)
    {
        var query = NameQuery.Parse(typed);
        Assert.True(Brought(query, family, given), $"not among the rows that the store brings: {why}");
        Assert.True(query.Matches(family, given), $"brought and thrown away: {why}");
    }

    [Theory, MemberData(nameof(Different))]
    public void Another_name_is_not_found(string typed, string family, string given, string why) =>
        Assert.False(NameQuery.Parse(typed).Matches(family, given), why);

    [Fact]
    public void The_lists_are_long_enough_and_no_pair_stands_in_both()
    {
        Assert.True(NamePairs.Same.Length >= 60);
        Assert.True(NamePairs.Different.Length >= 60);
        Assert.Empty(NamePairs.Same.Select(p => (p.Typed, p.Family, p.Given)).Intersect(NamePairs.Different.Select(p => (p.Typed, p.Family, p.Given))));
    }

    [Fact]
    public void Every_name_of_the_lists_finds_itself_in_both_orders() => Assert.All(NamePairs.Same.Concat(NamePairs.Different), p =>
    {
        foreach (var typed in new[] { $"{p.Family} {p.Given}", $"{p.Given} {p.Family}" })
        {
            var query = NameQuery.Parse(typed);
            Assert.True(Brought(query, p.Family, p.Given) && query.Matches(p.Family, p.Given), typed);
        }
    });

    /// <summary>What the match accepts and the tokens do not bring would be a person nobody finds.</summary>
    [Fact]
    public void Whoever_matches_is_among_those_whom_the_tokens_bring()
    {
        var word = Pick("de", "van", "den", "d", "l", "el", "al", "ben", "le", "o", "j", "smet", "peeters", "pe", "peete", "müller", "mueller", "şahin", "chahin", "anne", "marie", "annemarie", "berghe", "berge", "vandenber", "jansen", "janssens", "li", "ly", "bosch", "bos");
        var name = Gen.Select(word.Array[1, 3], Pick(" ", "-", "")).Select((words, between) => string.Join(between, words));
        var matches = 0;
        Gen.Select(name, name, name).Sample((typed, family, given) =>
        {
            var query = NameQuery.Parse(typed);
            if (!query.Matches(family, given)) return true;
            Interlocked.Increment(ref matches);
            return Brought(query, family, given);
        }, iter: 50_000);
        Assert.True(matches > 500, $"only {matches} matches were tried");
    }

    [Fact]
    public void Folding_a_folded_name_changes_nothing() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["aeiouéèëïłøßæœıİŞđĐ'’´`- \u200b\u200f\u0301ÅÆŒẞĲǄﬁ½٣א عنيرمضא"], 0, 20]).Sample(text => NameForms.Fold(text) == NameForms.Fold(NameForms.Fold(text)), iter: 100_000);

    [Fact]
    public void Nothing_typed_breaks_the_search() => Gen.Select(Gen.String, Gen.String, Gen.String).Sample((typed, family, given) =>
    {
        var query = NameQuery.Parse(typed);
        Assert.Equal(query.IsEmpty, query.Groups.Count == 0);
        Assert.Equal(query.Matches(family, given), query.Rank(family, given) > 0);
        Assert.DoesNotContain(NameForms.Of(family, given), p => p.Text.Length == 0);
    }, iter: 20_000);

    /// <summary>Half a surrogate pair stops normalisation; a browser never sends one, a program may.</summary>
    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public void Half_a_character_breaks_nothing(int half)
    {
        var name = "Pee" + (char)half + "ters";
        Assert.True(NameQuery.Parse("Peeters").Matches(name, name));
        Assert.True(NameQuery.Parse(name).Matches("Peeters", null));
        Assert.Equal(PvNumber.Part("BR1"), PvNumber.Part("BR" + (char)half + "1"));
    }

    [Fact]
    public void No_beginning_under_four_letters_is_kept_or_asked_for() => Assert.All(NamePairs.Same, p =>
    {
        var parts = NameForms.Of(p.Family, p.Given).Concat(NameQuery.Parse(p.Typed).Groups.SelectMany(g => g));
        Assert.DoesNotContain(parts, part => part.Kind == PartKind.Prefix && part.Text.Length < 4);
    });

    [Fact]
    public void An_exact_name_comes_before_a_beginning_and_that_before_a_sound()
    {
        var query = NameQuery.Parse("Janssen");
        var (exact, beginning, sound) = (query.Rank("Janssen", "Tom"), query.Rank("Janssens", "Tom"), query.Rank("Jansen", "Tom"));
        Assert.True(exact > beginning && beginning > sound && sound > 0, $"{exact} {beginning} {sound}");
    }

    [Fact]
    public void A_very_long_text_is_cut_not_searched_word_by_word() => Assert.InRange(NameQuery.Parse(string.Join(' ', Enumerable.Repeat("peeters", 5_000))).Groups.Count, 1, 8);

    private static Gen<string> Pick(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static bool Brought(NameQuery query, string family, string given)
    {
        var kept = NameForms.Of(family, given).Select(p => (p.Kind, Key.Token(p))).ToHashSet();
        return query.Groups.Count > 0 && query.Groups.All(group => group.Any(p => kept.Contains((p.Kind, Key.Token(p)))));
    }

    private static TheoryData<string, string, string, string> Data((string, string, string, string)[] pairs)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var (typed, family, given, why) in pairs) data.Add(typed, family, given, why);
        return data;
    }
}
