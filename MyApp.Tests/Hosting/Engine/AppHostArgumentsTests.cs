using Aspire.Hosting;
using MyApp.Hosting.Engine;

namespace MyApp.Tests.Hosting.Engine;

public sealed class AppHostArgumentsTests
{
    [Fact]
    public void Arguments_OfAzd_Publish()
    {
        var arguments = AppHostArguments.Parse(["--publisher", "manifest", "--output-path", "out.json"]);
        Assert.Equal(DistributedApplicationOperation.Publish, arguments.Operation);
        Assert.Equal("out.json", arguments.OutputPath);
    }

    [Fact]
    public void Arguments_OfTheAspireCommandLine_AreTaken()
    {
        var arguments = AppHostArguments.Parse(
            ["--operation", "publish", "--step", "publish", "--log-level", "debug", "--environment", "Production", "--include-exception-details", "--clear-cache", "--yes"]);
        Assert.Equal((DistributedApplicationOperation.Publish, "publish", "Production"), (arguments.Operation, arguments.Step, arguments.Environment));
        Assert.Empty(arguments.Rest);
    }

    [Fact]
    public void Arguments_Other_AreConfiguration() =>
        Assert.Equal(["--MyApp:Sample=false", "x"], AppHostArguments.Parse(["--MyApp:Sample=false", "--no-dashboard", "x"]).Rest);

    [Fact]
    public void Option_WithoutItsValue_IsRefused() =>
        Assert.Throws<DistributedApplicationException>(() => AppHostArguments.Parse(["--output-path"]));

    [Fact]
    public void Operation_Unknown_IsRefused() =>
        Assert.Throws<DistributedApplicationException>(() => AppHostArguments.Parse(["--operation", "fly"]));
}
