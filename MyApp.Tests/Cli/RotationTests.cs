using System.Text.Json;
using MyApp.Cli;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class RotationTests : IDisposable
{
    private const string Spec = """
        services:
          - { service: orders, port: 8080, build: { toolchain: go } }
          - { service: billing, port: 8081, build: { toolchain: go }, logs: { keep: 12h, maxTotal: 1Gi } }

        """;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Logrotate_OfAProject_KeepsEachServiceAsItsEnvironmentSays()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "rotation", "logrotate", "--env", "staging", "--logs", "/var/log/myapp"));

        Assert.Contains("# /etc/logrotate.d/myapp-orders-staging\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"/var/log/myapp/staging/orders/access.log\" \"/var/log/myapp/staging/orders/error.log\" \"/var/log/myapp/staging/orders/trace.log\" {\n    daily\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("    maxage 7\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("myapp-billing-staging: logs.maxTotal: logrotate has no bound", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotation_WithAFolder_WritesAFileForEachService()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "rotation", "logrotate", "--out", "made", "--output", "json"));

        Assert.Equal(["myapp-billing-dev", "myapp-orders-dev"], Directory.GetFiles(Path.Combine(folder.Path, "made")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var report = JsonDocument.Parse(run.Out);
        Assert.Equal(File.ReadAllText(Path.Combine(folder.Path, "made", "myapp-orders-dev")), report.RootElement.GetProperty("files").EnumerateArray().Single(each => each.GetProperty("name").GetString() == "myapp-orders-dev").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("orders: logs.maxTotal: journald always bounds a journal", "journald", "--env", "prod", "--out", "made")]
    [InlineData("billing: logs: journald keeps all services of a host alike", "journald", "--shared", "--out", "made")]
    [InlineData("--unit: 'a b; reboot' is not the name of a service", "logrotate", "--unit", "a b; reboot", "--out", "made")]
    public async Task Rotation_ThatCantBe_IsRefusedAndWritesNothing(string says, params string[] args)
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, ["rotation", .. args]));

        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "made")));
    }

    private CliRun Run()
    {
        folder.File("myapp.yaml", Spec);
        return new() { Folder = folder.Path, Variables = { ["MYAPP_DATA"] = Path.Combine(folder.Path, "data") } };
    }
}
