using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;

namespace MyApp.Tests.Deployment.Targets;

public sealed class GuardCapabilitiesTests
{
    [Fact]
    public void Table_EveryKeyAUnitIsMadeOf_HasARow()
    {
        // Of these the compiler makes something else than a field of the Unit.
        string[] others = ["service", "services", "environments", "build", "target", "accept", "policy", "preflight", "port"];
        var rows = GuardCapabilities.Table.Select(row => row.Field.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        var keys = SpecReference.ReadText().Split('\n').Where(line => line.Length > 0 && char.IsAsciiLetter(line[0])).Select(line => line.Split(':')[0]);

        Assert.Equal(keys.Except(others).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_NothingIsLost() => Assert.DoesNotContain(GuardCapabilities.Table, row => row.Support == FieldSupport.Lost);
}
