using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Ordering;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

public sealed class OrderingTests
{
    [Fact]
    public void Circle_OfServices_IsPrintedAsAPath() =>
        Assert.Equal("a → b → c → a", new DependencyGraph([Unit("a", "b"), Unit("b", "c"), Unit("c", "a"), Unit("d", "a")]).Cycle());

    [Fact]
    public void Service_ThatNeedsItself_IsACircle() => Assert.Equal("a → a", new DependencyGraph([Unit("a", "a")]).Cycle());

    [Fact]
    public void Diamond_IsNoCircle() =>
        Assert.Null(new DependencyGraph([Unit("a", "b", "c"), Unit("b", "d"), Unit("c", "d"), Unit("d", "elsewhere")]).Cycle());

    [Fact]
    public void Order_OfAnyGraphWithoutCircles_StopsEveryServiceAfterAllThatNeedIt() => Check.QuickThrowOnFailure(Prop.ForAll(
        Edges, edges =>
        {
            var units = Enumerable.Range(0, 12).Select(n => Unit(Name(n), [.. edges.Where(e => e.From == n).Select(e => Name(e.To))])).ToList();
            var order = new DependencyGraph(units).DependentsFirst();
            return order.Count == units.Count && units.All(u => u.DependsOn.All(d => Place(order, u.Service) < Place(order, d.Service!)));
        }));

    // Edges only from lower to higher numbers: no circle.
    private static readonly Arbitrary<List<(int From, int To)>> Edges =
        Gen.ListOf(Gen.Choose(0, 10).SelectMany(from => Gen.Choose(from + 1, 11).Select(to => (From: from, To: to)))).Select(l => l.ToList()).ToArbitrary();

    private static int Place(IReadOnlyList<string> order, string name) => order.ToList().IndexOf(name);

    private static string Name(int number) => $"s{number:00}";

    private static Unit Unit(string name, params string[] needs) => new()
    {
        Service = name,
        Environment = "dev",
        Release = $"{name}-dev-1",
        Executable = "/bin/true",
        DependsOn = [.. needs.Select(n => new UnitDependency { Name = n, Service = n })],
    };
}
