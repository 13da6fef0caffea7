using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Specs;

/// <summary>Texts that were made to harm a reader: each is refused with a place, in time, and nothing is thrown.</summary>
public sealed class HostileSpecTests
{
    public static TheoryData<string, string, string> Corpus => new()
    {
        { "a bomb of aliases", Bomb(9, 10), "aliases counted with all they stand for" },
        { "a bomb of merge keys", "a: &a { b: 1 }\n" + string.Concat(Enumerable.Range(0, 8_000).Select(i => $"k{i}: {{ <<: *a }}\n")), "aliases counted" },
        { "a merge of itself", "a: &a { <<: *a }\n", "would contain itself" },
        { "an alias of itself", "a: &a [*a]\n", "would contain itself" },
        { "an alias of nothing", "service: *nobody\n", "nothing is anchored as '&nobody'" },
        { "a deep list", new string('[', 5000), "nested deeper than 24 levels" },
        { "a deep map", string.Concat(Enumerable.Range(0, 200).Select(i => new string(' ', i) + "a:\n")) + "x", "nested deeper than 24 levels" },
        { "a long file", "service: " + new string('a', 300_000), "the file is larger than 256 KiB" },
        { "many keys", string.Concat(Enumerable.Range(0, 12_000).Select(i => $"k{i}: 1\n")), "more than 20000 values" },
        { "a tag that constructs", "service: !!python/object/apply:os.system [\"true\"]\n", "tags are not used here" },
        { "a local tag", "service: !include /etc/passwd\n", "tags are not used here: '!include'" },
        { "a NUL", "service: \"or\\0ders\"\n", "NUL character" },
        { "a key that is a list", "[a, b]: 1\n", "a key must be a plain word" },
        { "two documents", "service: a\n---\nservice: b\n", "a second YAML document begins here" },
        { "an unfinished text", "service: \"orders\n", "not valid YAML" },
        { "a tab", "run:\n\targs: [a]\n", "not valid YAML" },
        { "a directive of the future", "%YAML 9.9\n---\nservice: a\n", "not valid YAML" },
        { "nothing", "", "the file is empty" },
        { "a comment", "# only\n", "the file is empty" },
        { "a key again by a merge of lists", "a: &a [1]\n<<: [*a]\n", "'<<' merges a map or a list of maps" },
        { "a number without end", $"service: orders\nreplicas: {new string('9', 100_000)}\n", "is not a value for replicas" },
        { "a path out of the folder", "service: orders\nbuild: { source: a/../../etc }\n", "is not a value for build.source" },
    };

    [Theory(DisableDiscoveryEnumeration = true, Timeout = 10_000)]
    [MemberData(nameof(Corpus))]
    public async Task Read_Hostile_IsRefusedWithItsPlace(string name, string text, string says)
    {
        var read = await Task.Run(() => SpecReader.Read(text, "myapp.yaml"), TestContext.Current.CancellationToken);

        Assert.True(read.File is null, name);
        Assert.Contains(read.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.All(read.Problems, problem => Assert.InRange(problem.Origin.Line, 1, int.MaxValue));
        Assert.InRange(read.Problems.Count, 1, 100);
        Assert.All(read.Problems, problem => Assert.InRange(problem.ToString().Length, 1, 4000));
    }

    [Fact]
    public void Read_TheReferenceWithAnyPartExchanged_NeverThrows()
    {
        var reference = SpecReference.ReadText();
        var parts = Gen.Elements("", "{", "}", "[", "]", ":", "- ", "&a ", "*a", "<<: ", "null", "~", "+", "!!", "\"", "'", "|", "\t", "\u0085", "\ud800", "%", "${", "999999999999999999999", "\n\n", "? ");
        var edits =
            from at in Gen.Choose(0, reference.Length - 1)
            from length in Gen.Choose(0, 40)
            from part in parts
            select (at, length: Math.Min(length, reference.Length - at), part);
        Prop.ForAll(
            edits.ArrayOf(3).ToArbitrary(),
            all =>
            {
                var text = all.Aggregate(reference, (before, edit) => edit.at + edit.length <= before.Length ? before.Remove(edit.at, edit.length).Insert(edit.at, edit.part) : before);
                var read = SpecReader.Read(text, "f");
                return (read.File is null) == (read.Problems.Count > 0);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Readers_OfAnyText_NeverThrow() => Prop.ForAll<NonNull<string>, NonNull<string>>(
        (key, value) =>
        {
            _ = RemoteKeys.Problems(key.Get, value.Get);
            _ = LogTime.Parse(value.Get, DateTimeOffset.UnixEpoch);
            _ = LogPattern.Read(value.Get, out _);
            _ = SecretReference.Parse(value.Get);
            _ = SecretVault.Problem(key.Get, new(value.Get));
            var problems = new List<SpecProblem>();
            var around = SpecLayers.Of("prod", [KeyValuePair.Create(SetValues.VariablePrefix + key.Get, value.Get)], [$"{key.Get}={value.Get}"], _ => [new(key.Get, value.Get, 1, "x", default)], problems);
            _ = SpecReader.Read("service: orders\n", "f", around);
            return true;
        }).QuickCheckThrowOnFailure();

    private static string Bomb(int levels, int wide)
    {
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < levels; i++)
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", wide)).Append("]\n");
        return bomb.ToString();
    }
}
