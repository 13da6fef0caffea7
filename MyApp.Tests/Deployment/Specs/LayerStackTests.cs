using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Tests.Deployment.Specs;

public sealed class LayerStackTests
{
    private static readonly Arbitrary<SpecMap> Maps = MapOf(3).ToArbitrary();
    private static readonly SpecMap Empty = new([], default);

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

    private static Gen<SpecMap> MapOf(int depth) =>
        from keys in Gen.SubListOf("a", "b", "c", "d")
        from values in Gen.ArrayOf(NodeOf(depth), 4)
        select new SpecMap([.. keys.Distinct().Select((key, i) => new SpecEntry(key, default, values[i]))], default);

    private static Gen<SpecNode> NodeOf(int depth)
    {
        var scalar = from line in Gen.Choose(1, 1000) select (SpecNode)new SpecScalar($"v{line}", true, new("f", line, 1));
        return depth == 0 ? scalar : Gen.OneOf(scalar, from map in MapOf(depth - 1) select (SpecNode)map);
    }

    // Equal as data and in where the values come from; the order of keys says nothing.
    private static string Text(SpecNode node) => node switch
    {
        SpecMap map => "{" + string.Join(",", map.Entries.OrderBy(entry => entry.Key).Select(entry => entry.Key + ":" + Text(entry.Value))) + "}",
        SpecScalar scalar => $"{scalar.Text}@{scalar.Origin.Line}",
        _ => throw new ArgumentException("only maps and scalars are made here"),
    };
}
