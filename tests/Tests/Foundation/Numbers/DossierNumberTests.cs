using System.Collections;
using System.Security.Cryptography;
using CsCheck;
using VictimSupport.Foundation.Numbers;

namespace VictimSupport.Tests.Foundation.Numbers;

public sealed class DossierNumberTests
{
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static readonly byte[] Zone = SHA256.HashData("zone 9901"u8), OtherZone = SHA256.HashData("zone 9902"u8);

    [Fact]
    public void Every_counter_of_a_year_has_a_number_of_its_own()
    {
        var taken = new int[DossierNumber.PerYear];
        Parallel.For(0, DossierNumber.PerYear, counter => Interlocked.Increment(ref taken[DossierNumber.Permute(2026, counter, Zone)]));
        Assert.All(taken.Chunk(4096), chunk => Assert.DoesNotContain(chunk, times => times != 1));
    }

    [Fact]
    public void Sixty_four_at_once_get_the_same_numbers_as_one_after_the_other()
    {
        var alone = Enumerable.Range(0, 6_400).Select(c => DossierNumber.Of(2026, c, Zone).Text).ToArray();
        var together = new string[alone.Length];
        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 64 }, c => together[c] = DossierNumber.Of(2026, c, Zone).Text);
        Assert.Equal(alone, together);
        Assert.Equal(alone.Length, alone.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Neighbours_do_not_look_like_neighbours()
    {
        var steps = Enumerable.Range(0, 20_000).Select(c => Math.Abs(DossierNumber.Permute(2026, c, Zone) - DossierNumber.Permute(2026, c + 1, Zone))).ToList();
        // Two random places of a million lie a third of a million apart on average; within a thousand of each other twice in a thousand.
        Assert.InRange(steps.Average(), DossierNumber.PerYear * 0.32, DossierNumber.PerYear * 0.347);
        Assert.InRange(steps.Count(s => s < 1_000), 10, 80);
    }

    [Fact]
    public void Another_zone_and_another_year_have_another_order()
    {
        var here = Enumerable.Range(0, 2_000).Select(c => DossierNumber.Permute(2026, c, Zone)).ToArray();
        Assert.True(here.Where((n, c) => n == DossierNumber.Permute(2027, c, Zone)).Count() < 5);
        Assert.True(here.Where((n, c) => n == DossierNumber.Permute(2026, c, OtherZone)).Count() < 5);
    }

    [Fact]
    public void A_number_is_year_hyphen_and_five_letters_that_nobody_confuses() => Gen.Select(Gen.Int[2020, 2099], Gen.Int[0, DossierNumber.PerYear - 1]).Sample((year, counter) =>
        Assert.Matches($"^{year}-[2-9A-HJ-NP-Z]{{5}}$", DossierNumber.Of(year, counter, Zone).Text));

    [Fact]
    public void The_check_character_catches_every_single_wrong_character()
    {
        foreach (var text in Samples())
            for (var i = 0; i < text.Length; i++)
                foreach (var other in text[i] == '-' ? "" : i < 4 ? "0123456789" : Letters)
                    if (other != text[i]) Assert.False(DossierNumber.TryParse(text[..i] + other + text[(i + 1)..], out _), $"{text}: {other} at {i}");
    }

    [Fact]
    public void The_check_character_catches_every_two_neighbours_that_changed_places()
    {
        var tried = new BitArray(10);
        foreach (var text in Samples())
            foreach (var (i, j) in new[] { (0, 1), (1, 2), (2, 3), (3, 5), (5, 6), (6, 7), (7, 8), (8, 9) })
            {
                if (text[i] == text[j]) continue;
                var letters = text.ToCharArray();
                (letters[i], letters[j]) = (letters[j], letters[i]);
                tried[i] = true;
                Assert.False(DossierNumber.TryParse(new string(letters), out _), $"{text}: {i} and {j}");
            }
        Assert.Equal(8, tried.Cast<bool>().Count(t => t));
    }

    [Fact]
    public void A_number_is_read_as_people_type_it() => Gen.Int[0, DossierNumber.PerYear - 1].Sample(counter =>
    {
        var number = DossierNumber.Of(2026, counter, Zone);
        foreach (var typed in new[] { number.Text, number.Text.ToLowerInvariant(), number.Text.Replace("-", "", StringComparison.Ordinal), $" {number.Text[..7]} {number.Text[7..]} ", number.Text.Replace('-', '–'), number.Text.Replace('-', '/') })
        {
            Assert.True(DossierNumber.TryParse(typed, out var read), typed);
            Assert.Equal(number, read);
        }
    });

    [Theory]
    [InlineData(null, DossierNumberReading.WrongLength)]
    [InlineData("", DossierNumberReading.WrongLength)]
    [InlineData("2026-ABC", DossierNumberReading.WrongLength)]
    [InlineData("2026-ABCDEF", DossierNumberReading.WrongLength)]
    [InlineData("2026-ABCDÉ", DossierNumberReading.WrongLength)]
    [InlineData("K026-ABCDE", DossierNumberReading.NoYear)]
    [InlineData("0026-ABCDE", DossierNumberReading.NoYear)]
    [InlineData("2026-A0CDE", DossierNumberReading.ForbiddenLetter)]
    [InlineData("2026-AOCDE", DossierNumberReading.ForbiddenLetter)]
    [InlineData("2026-A1CDE", DossierNumberReading.ForbiddenLetter)]
    [InlineData("2026-AiCDE", DossierNumberReading.ForbiddenLetter)]
    public void What_is_no_number_is_refused_with_its_reason(string? typed, DossierNumberReading reason)
    {
        Assert.Equal(reason, DossierNumber.Read(typed, out var number));
        Assert.Equal("", number.Text);
    }

    [Fact]
    public void A_wrong_check_character_is_named_as_such()
    {
        var text = DossierNumber.Of(2026, 1, Zone).Text;
        Assert.Equal(DossierNumberReading.WrongCheck, DossierNumber.Read(text[..9] + Letters.First(l => l != text[9]), out _));
    }

    [Fact]
    public void A_year_that_is_full_is_refused_and_nothing_is_given_twice()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DossierNumber.Of(2026, DossierNumber.PerYear, Zone));
        Assert.Throws<ArgumentOutOfRangeException>(() => DossierNumber.Of(2026, -1, Zone));
        Assert.Throws<ArgumentOutOfRangeException>(() => DossierNumber.Of(12026, 0, Zone));
    }

    private static IEnumerable<string> Samples() => Enumerable.Range(0, 400).Select(i => DossierNumber.Of(2020 + (i % 80), i * 2_621, Zone).Text);
}
