using MyApp.Hosting.HostBinaries;
using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Engine;

/// <summary>Our AppHost as a process of its own.</summary>
public sealed class AppHostKillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppHost_Killed_LeavesNothingRunning()
    {
        Assert.SkipUnless(PostgresInstallation.Find(Repository.Root) is not null, "needs PostgreSQL binaries");
        using var data = new TemporaryFolder();
        await using (var host = ToolProcess.Start(
            "dotnet", [typeof(Projects.MyApp_AppHost).Assembly.Location, "--no-dashboard", "--MyApp:Sample=false", "--MyApp:Containers=false", "--DcpPublisher:RandomizePorts=true"],
            new Dictionary<string, string?> { ["MYAPP_DATA"] = data.Path }))
        {
            await host.WaitForLineAsync(line => line.Contains("Ready after", StringComparison.Ordinal), Patience, Ct);
            Assert.NotEmpty(Running(data.Path));
            Signals.Send(host.Pid, Signals.Kill);
        }

        await Eventually.TrueAsync(() => Running(data.Path).Count == 0, $"nothing runs on {data.Path}", TimeSpan.FromSeconds(60), Ct);
    }

    // Every process of the application has the data folder among its arguments.
    private static List<string> Running(string data) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(p => Path.GetFileName(p).All(char.IsAsciiDigit)).Select(CommandLine)
            .Where(line => line.Contains(data, StringComparison.Ordinal) && !line.Contains("MyApp.AppHost.dll", StringComparison.Ordinal)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
