using System.Globalization;
using MyApp.Deployment.Builds.Packaging;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Packaging;

/// <summary>A Debian package on a host with a systemd that runs.</summary>
public sealed class DebianHostTests(SystemdHost host) : IClassFixture<SystemdHost>
{
    [Fact]
    public async Task Deb_InstalledWithDpkg_RunsUnderSystemdUntilItIsRemoved()
    {
        Assert.SkipUnless(host.Missing is null, host.Missing ?? "");
        Assert.SkipUnless(File.Exists("/usr/bin/dpkg"), "needs dpkg");
        using var bench = new BuildBench();
        var port = FreePort.Find();
        var package = Path.Combine(host.Shared, "hello.deb");
        await DebianPackage.WriteAsync(await HelloPackage.ContentAsync(bench, port, "1.4.2"), package, BuildBench.Ct);

        var installed = await host.RunAsync("dpkg", "-i", package);
        Assert.True(installed.ExitCode == 0, installed.Output);
        Assert.Equal("inactive", await host.ShowAsync("hello", "ActiveState"));
        var token = Path.Combine(host.Shared, "token");
        await File.WriteAllLinesAsync(token, ["TOKEN=s3cret"], BuildBench.Ct);
        await host.RunAsync("cp", token, "/etc/default/hello");

        var started = await host.ControlAsync("start", "hello");
        Assert.True(started.ExitCode == 0, started.Output);
        using var client = new HttpClient();
        await Eventually.TrueAsync(async () => await HelloPackage.AnswerAsync(client, port) == "hello\n", "it answers", TimeSpan.FromSeconds(30), BuildBench.Ct);
        var pid = await host.ShowAsync("hello", "MainPID");
        var (_, variables) = await host.RunAsync("cat", $"/proc/{pid}/environ");
        Assert.Contains("GREETING=hello test", variables.Split('\0'));
        Assert.Contains("TOKEN=s3cret", variables.Split('\0'));
        Assert.Contains($"PORT={port.ToString(CultureInfo.InvariantCulture)}", variables.Split('\0'));
        var (_, words) = await host.RunAsync("cat", $"/proc/{pid}/cmdline");
        Assert.Equal(["/usr/lib/hello/hello", $"--port={port}", "100% \"sure\" $HOME", ""], words.Split('\0'));
        var (_, uids) = await host.RunAsync("grep", "^Uid:", $"/proc/{pid}/status");
        Assert.NotEqual("0", uids.Split('\t')[1]);

        var removed = await host.RunAsync("dpkg", "-r", "hello");
        Assert.True(removed.ExitCode == 0, removed.Output);
        Assert.Equal("not-found", await host.ShowAsync("hello", "LoadState"));
        Assert.Null(await HelloPackage.AnswerAsync(client, port));
    }
}
