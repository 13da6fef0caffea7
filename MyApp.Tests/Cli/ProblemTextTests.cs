using MyApp.Cli;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Tests.Cli;

public sealed class ProblemTextTests
{
    private const string Title = "The request can't be understood";

    public static TheoryData<ProblemView, string> Refusals => new()
    {
        { new() { Title = Title, Detail = "limit: must be 1 to 9", Problems = ["limit: must be 1 to 9"] }, "myapp: limit: must be 1 to 9\n" },
        { new() { Title = Title, Detail = "a: no; write b; c: no", Problems = ["a: no; write b", "c: no"] }, $"myapp: {Title}\n  a: no; write b\n  c: no\n" },
        { new() { Detail = "a: no; c: no", Problems = ["a: no", "c: no"] }, "myapp: a: no; c: no\n" },
        { new() { Title = "Unusable", Detail = "version 1 can't hold", Problems = ["a: no"] }, "myapp: version 1 can't hold\n  a: no\n" },
        { new() { Title = "values that can't be set", Problems = ["a: no"] }, "myapp: values that can't be set\n  a: no\n" },
        { new() { Title = "Taken", Detail = "the lease is held by bob", Holder = "bob" }, "myapp: the lease is held by bob\n" },
        { new() { Title = "Not found", Detail = "there is none" }, "myapp: there is none\n" },
        { new() { Title = "Not found", Detail = "there is none", Problems = [] }, "myapp: there is none\n" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refusals))]
    public async Task Print_ARefusalOfTheApi_SaysEachProblemOnce(ProblemView problem, string printed)
    {
        await using var plane = await FakeControlPlane.StartAsync();
        plane.Refusals["GET /api/v1/services"] = (400, problem);
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(TestContext.Current.CancellationToken, "status", "--api", plane.Address));

        Assert.Equal(printed, run.Error);
    }
}
