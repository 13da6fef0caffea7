using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

public sealed class UnitDiffTests
{
    private static readonly Unit Before = new()
    {
        Service = "orders", Environment = "dev", Release = "orders-dev-1", Executable = "/srv/orders", Args = ["-v"], User = "orders",
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["GREETING"] = "secret-1", ["OLD"] = "secret-2", ["SAME"] = "x" },
        Ports = [new UnitPort("http", 8080)],
        DependsOn = [new UnitDependency { Name = "db", Check = "postgres://u:secret-3@db" }],
    };

    [Fact]
    public void Fields_OfTheSameUnitInAnotherRelease_AreNone() => Assert.Empty(UnitDiff.Fields(Before, Before with { Release = "orders-dev-2" }));

    [Fact]
    public void Fields_ThatDiffer_AreNamedAndSecretsAreNotShown()
    {
        var after = Before with
        {
            Replicas = 2, User = null, Args = ["-v", "say \"é\""], Ports = [new UnitPort("http", 8081), new UnitPort("admin", 9000)],
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["GREETING"] = "secret-4", ["NEW"] = "secret-5", ["SAME"] = "x" },
            DependsOn = [new UnitDependency { Name = "db", Check = "postgres://u:secret-6@db" }],
            Resources = new ResourceLimits { MemoryLimitBytes = 1024 },
        };

        var words = UnitDiff.Fields(Before, after).Select(f => f.ToString()).ToList();

        string[] expected =
        [
            """args ["-v"] → ["-v","say \"é\""]""", "env.GREETING", "-env.OLD", "+env.NEW", "-user", "ports[0].port 8080 → 8081",
            """+ports[1] {"name":"admin","port":9000}""", "replicas 1 → 2", "+resources.memoryLimitBytes 1024", "dependsOn[0].check",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), words.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(words, w => w.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Fields_OfValuesThatDiffer_AreNamedAndNotShown()
    {
        Unit With(string url) => Before with { Config = new() { Name = "app.json", Values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["db.url"] = new(url), ["same"] = new("x") } } };

        Assert.Equal(["+config"], UnitDiff.Fields(Before, With("secret-1")).Select(f => f.ToString()));
        Assert.Equal(["config.values.db.url"], UnitDiff.Fields(With("secret-1"), With("secret-2")).Select(f => f.ToString()));
        Assert.Equal(["config.name app.json → app.yaml"], UnitDiff.Fields(With("a"), With("a") with { Config = With("a").Config! with { Name = "app.yaml" } }).Select(f => f.ToString()));
    }

    [Fact]
    public void Sets_AreComparedByServiceAndEnvironment()
    {
        Unit Named(string service, int replicas = 1) => Before with { Service = service, Replicas = replicas };

        var changes = UnitDiff.Between([Named("same"), Named("gone"), Named("other")], [Named("other", 2), Named("new"), Named("same")]);

        Assert.Equal(
            [(UnitChangeKind.Changed, "other"), (UnitChangeKind.Added, "new"), (UnitChangeKind.Removed, "gone")],
            changes.Select(c => (c.Kind, (c.After ?? c.Before)!.Service)));
    }
}
