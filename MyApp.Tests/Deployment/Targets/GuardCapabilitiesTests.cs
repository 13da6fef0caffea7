using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;

namespace MyApp.Tests.Deployment.Targets;

public sealed class GuardCapabilitiesTests
{
    [Fact]
    public void Lost_EveryLostField_IsNoticedWhenASpecUsesIt()
    {
        const string text = """
            service: orders
            port: 8080
            socket: inherit
            resources: { cpu: 1, memory: 64Mi, pids: 5 }
            dependsOn: [{ service: payments }]
            logs: { rotate: daily, keep: 1d }
            """;
        var spec = SpecReader.Read(text, "f").File!.For("dev")[0];

        Assert.Equal(
            GuardCapabilities.Table.Where(row => row.Support == FieldSupport.Lost).Select(row => row.Field),
            GuardCapabilities.Lost(spec).Select(row => row.Field));
    }

    [Fact]
    public void Lost_SmallestSpec_LosesNothing() =>
        Assert.Empty(GuardCapabilities.Lost(SpecReader.Read("service: orders\nport: 8080", "f").File!.For("dev")[0]));
}
