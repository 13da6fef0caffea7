using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Tests.Deployment.Specs;

public sealed class LayerStackTests
{
    private static readonly SpecMap Empty = new([], default);
    private static readonly Arbitrary<SpecMap> Maps = MapOf(3).ToArbitrary();

    [Fact]
    public void Merge_WithNothing_ChangesNothing() =>
        Prop.ForAll(Maps, map => Text(LayerStack.Merge(map, Empty)) == Text(map) && Text(LayerStack.Merge(Empty, map)) == Text(map)).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_InEitherGrouping_IsTheSame() =>
        Prop.ForAll(
            Maps, Maps, Maps, (a, b, c) => Text(LayerStack.Merge(LayerStack.Merge(a, b), c)) == Text(LayerStack.Merge(a, LayerStack.Merge(b, c)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Merge_AnyTwo_LosesNoKeyAndTheUpperWins() =>
        Prop.ForAll(
            Maps,
            Maps,
            (low, high) =>
            {
                var merged = (SpecMap)LayerStack.Merge(low, high);
                return low.Entries.Concat(high.Entries).All(entry => merged.Find(entry.Key) is not null)
                    && high.Entries.All(entry => entry.Value is SpecMap || merged.Find(entry.Key) == entry.Value);
            }).QuickCheckThrowOnFailure();

    // A key is a map in every layer or in none, as the schema of a spec has it: where one layer has a map and another a value
    // ("liveness: off"), the last writer takes all, and grouping does matter.
    private static Gen<SpecMap> MapOf(int depth) =>
        from scalars in Gen.SubListOf("a", "b", "c")
        from lines in Gen.ArrayOf(Gen.Choose(1, 1000), 3)
        from maps in Gen.SubListOf(depth == 0 ? [] : new[] { "m", "n" })
        from inner in Gen.ArrayOf(depth == 0 ? Gen.Constant(Empty) : MapOf(depth - 1), 2)
        select new SpecMap(
            [
                .. scalars.Distinct().Select((key, i) => new SpecEntry(key, default, new SpecScalar($"v{lines[i]}", true, new("f", lines[i], 1)))),
                .. maps.Distinct().Select((key, i) => new SpecEntry(key, default, inner[i])),
            ],
            default);

    // Equal as data and in where the values come from; the order of keys says nothing.
    private static string Text(SpecNode node) => node switch
    {
        SpecMap map => "{" + string.Join(",", map.Entries.OrderBy(entry => entry.Key).Select(entry => entry.Key + ":" + Text(entry.Value))) + "}",
        SpecScalar scalar => $"{scalar.Text}@{scalar.Origin.Line}",
        _ => throw new ArgumentException("only maps and scalars are made here"),
    };
}
