using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Targets;

public sealed class GuardDriverTests
{
    [Theory]
    [InlineData(2, true, "guard.config")]
    [InlineData(2, false, null)]
    [InlineData(3, true, null)]
    public async Task Check_OfAFileOfValues_AsksForAGuardThatKnowsIt(int protocol, bool hasFile, string? code)
    {
        using var folder = new TemporaryFolder();
        await using var guard = new FakeGuard(folder.Path) { Protocol = protocol };
        var unit = new Unit { Service = "orders", Environment = "dev", Release = "orders-dev-1", Executable = "/srv/orders", Config = hasFile ? new() { Name = "app.env" } : null };
        var release = new Release
        {
            Id = unit.Release, Service = unit.Service, Environment = unit.Environment, Number = 1, Artifact = "sha256:a", ArtifactBytes = 1, Unit = unit, CreatedAt = default, CreatedBy = "ada",
        };

        var found = await new GuardDriver(new DataPaths(folder.Path)).CheckAsync(release, TestContext.Current.CancellationToken);

        Assert.Equal(code is null ? [] : [(Severity.Error, code)], found.Select(diagnostic => (diagnostic.Severity, diagnostic.Code)));
    }
}
