namespace VictimSupport.Benchmarks;

/// <summary>Names that nobody bears, in the proportions in which names are borne: a few by many, most by a handful.</summary>
internal sealed class Names
{
    private static readonly string[] Starts = ["Van", "De", "Ver", "Jan", "Pee", "Ma", "Wil", "Du", "Le", "Gil", "Hen", "Cla", "Mer", "Go", "Lam", "Si", "Del", "Ben", "Ro", "Ka", "Bo", "Fran", "Mi", "Pi", "Her", "Thi", "Wou", "Ge", "Ha", "Ste"];
    private static readonly string[] Middles = ["der", "bro", "sse", "te", "me", "vi", "lan", "ra", "ri", "no", "ver", "ke", "lle", "mo", "do", "ssen", "ba", "ni", "la", "ge", "che", "va", "hou", "schu", "be", "co", "si", "tte", "do", "gne"];
    private static readonly string[] Ends = ["ns", "rs", "ck", "t", "lle", "ux", "nd", "ert", "nne", "ou", "s", "in", "ez", "ard", "et", "man", "ske", "eur", "els", "ois"];
    private readonly string[] family, given;
    private readonly double[] familyWeights, givenWeights;

    public Names(int familyNames, int givenNames)
    {
        (family, familyWeights) = Make(familyNames, 5);
        (given, givenWeights) = Make(givenNames, 71);
    }

    public (string Family, string Given) Of(int person)
    {
        var random = new Random(HashCode.Combine(person, 29));
        return (family[Pick(familyWeights, random)], given[Pick(givenWeights, random)]);
    }

    private static (string[], double[]) Make(int many, int seed)
    {
        var (random, all) = (new Random(seed), new HashSet<string>(StringComparer.Ordinal));
        while (all.Count < many) all.Add(One(Starts, random) + string.Concat(Enumerable.Range(0, 1 + random.Next(2)).Select(_ => One(Middles, random))) + One(Ends, random));
        // The nth most frequent is borne by about one nth to the power of 0.7 of the first: the commonest then by three in a thousand.
        var (sum, weights) = (0.0, new double[many]);
        for (var i = 0; i < many; i++) weights[i] = sum += Math.Pow(i + 1, -0.7);
        return ([.. all], weights);
    }

    private static string One(string[] of, Random random) => of[random.Next(of.Length)];

    private static int Pick(double[] weights, Random random)
    {
        var at = Array.BinarySearch(weights, random.NextDouble() * weights[^1]);
        return Math.Min(at < 0 ? ~at : at, weights.Length - 1);
    }
}
