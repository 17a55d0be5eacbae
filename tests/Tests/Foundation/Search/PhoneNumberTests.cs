using CsCheck;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Tests.Foundation.Search;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("0470 12 34 56", "+32470123456")]
    [InlineData("0470/12.34.56", "+32470123456")]
    [InlineData("+32 (0)470/12.34.56", "+32470123456")]
    [InlineData("+32 0470 12 34 56", "+32470123456")]
    [InlineData("0032 470 12 34 56", "+32470123456")]
    [InlineData("0032(0)470123456", "+32470123456")]
    [InlineData("\u202d+32\u00a0470\u200b12 34 56\u202c", "+32470123456")]
    [InlineData("04/222 33 44", "+3242223344")]
    [InlineData("02 555 12 12", "+3225551212")]
    [InlineData("+31 6 12345678", "+31612345678")]
    [InlineData("tel. 02 555 12 12", "+3225551212")]
    [InlineData("02 555 12 12 ext. 34", "+3225551212")]
    [InlineData("0049 30 901820", "+4930901820")]
    public void A_number_is_read_as_people_write_it(string typed, string e164)
    {
        Assert.Equal(e164, PhoneNumber.ToE164(typed));
        Assert.Equal(new SearchPart(PartKind.Phone, e164), PhoneNumber.Part(typed));
    }

    [Theory]
    [InlineData(null, PhoneReading.Empty)]
    [InlineData("  ", PhoneReading.Empty)]
    [InlineData("by letter", PhoneReading.NotANumber)]
    [InlineData("101", PhoneReading.TooShort)]
    [InlineData("112", PhoneReading.TooShort)]
    [InlineData("1712", PhoneReading.TooShort)]
    [InlineData("0470 12 34", PhoneReading.NobodysNumber)]
    [InlineData("0470 12 34 56 / 0471 12 34 56", PhoneReading.TooLong)]
    [InlineData("0470 12 34 56 or else 0471 12 34 56 at night", PhoneReading.TooLong)]
    [InlineData("+999 470 12 34 56", PhoneReading.NotANumber)]
    [InlineData("Zzcanary156fefer", PhoneReading.NotANumber)] // a name with digits: its letters are no keys
    [InlineData("0470 12 34 TEL", PhoneReading.NotANumber)]
    public void What_cannot_be_a_persons_number_is_refused_with_its_reason(string? typed, PhoneReading reason)
    {
        Assert.Equal(reason, PhoneNumber.Read(typed, out var e164));
        Assert.Null(e164);
        Assert.Null(PhoneNumber.Part(typed));
    }

    [Theory]
    [InlineData("+32470123456", "0470 12 34 56")]
    [InlineData("+3242223344", "04 222 33 44")]
    [InlineData("+31612345678", "+31 6 12345678")]
    [InlineData("ask the neighbour", "ask the neighbour")]
    public void A_number_is_shown_as_it_is_read_aloud(string kept, string shown) => Assert.Equal(shown, PhoneNumber.Show(kept));

    [Fact]
    public void What_is_shown_can_be_typed_again() => Gen.Int[470_000_000, 499_999_999].Sample(subscriber =>
        PhoneNumber.ToE164($"+32{subscriber}") is not { } e164 || PhoneNumber.ToE164(PhoneNumber.Show(e164)) == e164);

    [Fact]
    public void Nothing_typed_breaks_the_reading() => Gen.String.Sample(typed => Assert.Equal(PhoneNumber.ToE164(typed) is null, PhoneNumber.Read(typed, out _) != PhoneReading.Read), iter: 20_000);
}
