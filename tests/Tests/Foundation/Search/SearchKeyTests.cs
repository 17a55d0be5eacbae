using System.Security.Cryptography;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Tests.Foundation.Search;

public sealed class SearchKeyTests
{
    private static readonly byte[] Root = SHA256.HashData("zone 9901"u8);

    [Fact]
    public void A_token_is_sixteen_bits_wide_and_the_same_every_time()
    {
        var tokens = Enumerable.Range(0, 20_000).Select(i => new SearchPart(PartKind.Word, "name" + i)).Select(p => (p, new SearchKey(Root).Token(p))).Take(50).ToList();
        var key = new SearchKey(Root);
        Assert.All(tokens, t => Assert.Equal(t.Item2, key.Token(t.p)));
        var many = Enumerable.Range(0, 200_000).Select(i => key.Token(new SearchPart(PartKind.Word, "name" + i))).ToList();
        Assert.All(many, t => Assert.InRange(t, 0, (1 << SearchKey.Bits) - 1));
        Assert.True(many.Max() > (1 << SearchKey.Bits) * 0.99, "the upper values are never used");
    }

    [Fact]
    public void Names_share_tokens()
    {
        var key = new SearchKey(Root);
        // 50,000 thrown at 65,536 places: 1 − e^(−λ) of the places are taken, about 34,975.
        Assert.InRange(Enumerable.Range(0, 50_000).Select(i => key.Token(new SearchPart(PartKind.Word, "name" + i))).Distinct().Count(), 34_400, 35_550);
    }

    [Fact]
    public void Another_zone_and_another_kind_give_another_token()
    {
        var (here, there) = (new SearchKey(Root), new SearchKey(SHA256.HashData("zone 9902"u8)));
        var words = Enumerable.Range(0, 1_000).Select(i => "name" + i).ToList();
        Assert.True(words.Count(w => here.Token(new(PartKind.Word, w)) == there.Token(new(PartKind.Word, w))) < 10);
        foreach (var kind in Enum.GetValues<PartKind>().Where(k => k != PartKind.Word))
            Assert.True(words.Count(w => here.Token(new(PartKind.Word, w)) == here.Token(new(kind, w))) < 10, $"{kind} uses the key of words");
    }

    [Fact]
    public void A_part_of_any_length_has_a_token()
    {
        var key = new SearchKey(Root);
        Assert.All(new[] { 0, 1, 84, 85, 86, 5_000 }, length => Assert.InRange(key.Token(new(PartKind.Word, new string('é', length))), 0, (1 << SearchKey.Bits) - 1));
        Assert.NotEqual(key.Token(new(PartKind.Word, new string('a', 300))), key.Token(new(PartKind.Word, new string('a', 301))));
    }

    [Fact]
    public void One_key_serves_many_threads()
    {
        var key = new SearchKey(Root);
        var alone = Enumerable.Range(0, 2_000).Select(i => key.Token(new(PartKind.Sound, "n" + i))).ToArray();
        Parallel.For(0, 20_000, i => Assert.Equal(alone[i % 2_000], key.Token(new(PartKind.Sound, "n" + (i % 2_000)))));
    }

    [Fact]
    public void A_short_root_is_refused() => Assert.Throws<ArgumentException>(() => new SearchKey(new byte[16]));
}
