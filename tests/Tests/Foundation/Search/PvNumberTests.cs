using CsCheck;
using VictimSupport.Foundation.Secrecy.Search;

namespace VictimSupport.Tests.Foundation.Search;

public sealed class PvNumberTests
{
    private const string Usual = "BR.30.L1.012345/2026";

    [Theory]
    [InlineData("BR.30.L1.012345/2026")]
    [InlineData("br.30.l1.012345/2026")]
    [InlineData(" BR 30 L1 012345 2026 ")]
    [InlineData("BR-30-L1-012345-2026")]
    [InlineData("BR.30.L1.012345/26")]
    [InlineData("BR.30.L1.12345/2026")]
    [InlineData("BR.30.L1.012345\u20132026")]
    [InlineData("BR.30.L1.\u200b012345/2026")]
    [InlineData("BR30L1012345/2026")]
    public void One_number_in_many_spellings_is_one_number(string typed) => Assert.Equal(PvNumber.Part(Usual), PvNumber.Part(typed));

    [Theory]
    [InlineData("BR.30.L1.012346/2026")]
    [InlineData("BR.30.L1.012345/2025")]
    [InlineData("BR.30.L2.012345/2026")]
    [InlineData("LI.30.L1.012345/2026")]
    [InlineData("BR.31.L1.012345/2026")]
    public void Another_number_is_another(string typed) => Assert.NotEqual(PvNumber.Part(Usual), PvNumber.Part(typed));

    [Theory]
    [InlineData("BR.30.L1.012345/2026", true)]
    [InlineData("GE.43F1.LB.000001/26", true)]
    [InlineData("BR30L1012345/2026", false)]
    [InlineData("30.L1.012345/2026", false)]
    [InlineData("BR.30.L1.0123456/2026", false)]
    [InlineData("BR.30.L1.012345/202", false)]
    [InlineData("seen at the front desk", false)]
    [InlineData("", false)]
    public void An_odd_number_is_told_from_a_usual_one(string typed, bool usual) => Assert.Equal(usual, PvNumber.LooksUsual(typed));

    [Fact]
    public void An_odd_number_is_kept_and_found_all_the_same()
    {
        Assert.Equal("NOTICE.7.B", PvNumber.Normalise("notice 7 / b"));
        Assert.Equal(PvNumber.Part("notice 7 / b"), PvNumber.Part("NOTICE-7-B"));
    }

    [Fact]
    public void Normalising_twice_changes_nothing() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["BRL01 26./-\u200b"], 0, 24]).Sample(text => PvNumber.Normalise(text) == PvNumber.Normalise(PvNumber.Normalise(text)), iter: 50_000);
}
