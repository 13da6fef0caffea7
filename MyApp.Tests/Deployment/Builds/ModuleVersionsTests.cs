using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Trust;

namespace MyApp.Tests.Deployment.Builds;

public sealed class ModuleVersionsTests
{
    private static readonly Component Old = Component.Golang("github.com/gin-gonic/gin", "v1.7.0");
    private static readonly Component New = Component.Golang("github.com/gin-gonic/gin", "v1.8.1");
    private static readonly Component Other = Component.Nuget("Dapper", "2.1.66");

    [Fact]
    public void Of_TwoServices_ShowsSkewWhereVersionsDiffer()
    {
        var modules = ModuleVersions.Of([("orders", [New, Other]), ("payments", [Old, Other]), ("orders", [New])]);

        Assert.Equal(["Dapper", "github.com/gin-gonic/gin"], modules.Select(module => module.Name));
        Assert.Equal([false, true], modules.Select(module => module.Skew));
        Assert.Equal(["payments", "orders"], modules[1].Versions.Select(version => Assert.Single(version.Services)));
        Assert.Equal(["orders", "payments"], modules[0].Versions[0].Services);
    }

    [Fact]
    public void Problems_AnotherVersionThanPinned_NamesAllFour()
    {
        var pins = new Dictionary<string, string> { [Old.Name] = "v1.8.1", ["not/there"] = "v1" };

        Assert.Equal("orders: github.com/gin-gonic/gin is v1.7.0, and policy.deps wants v1.8.1", Assert.Single(PinnedVersions.Problems("orders", [Old, Other], pins)));
        Assert.Empty(PinnedVersions.Problems("orders", [New], pins));
    }

    [Fact]
    public void Purl_OfAModule_KeepsItsSlashesAndEscapesTheRest() =>
        Assert.Equal("pkg:golang/example.com/a%2Bb/v2@v2.0.0%2Bincompatible", Component.Golang("example.com/a+b/v2", "v2.0.0+incompatible").Purl);
}
