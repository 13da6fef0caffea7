using System.Diagnostics;
using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Where a guard may run: as process 1 of a container, and as an ordinary user.</summary>
public sealed class PlacesTests
{
    private const int Nobody = 65534;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guard_AsProcess1_ReapsStrangersAndStopsAllAtSigterm()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/unshare"), "needs root and unshare");
        using var folder = new TemporaryFolder();
        using var container = Start("/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "--kill-child", GuardProcess.Binary(), "serve", "--data", folder.Path);
        var client = new GuardClient(new GuardPaths(folder.Path).SocketPath);
        await Eventually.TrueAsync(async () => await AnswersAsync(client), "the guard answers", TestService.Patience, Ct);
        var script = folder.File("run", "#!/bin/sh\n(setsid sh -c 'sleep 0.2' &)\nexec sleep 1000\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        await client.ApplyAsync(TestService.Unit(script), Ct);
        var first = ChildrenOf(container.Id).Single();
        var guard = await File.ReadAllTextAsync($"/proc/{first}/comm", Ct) == "myapp-keeper\n" ? ChildrenOf(first).Single() : first;
        await Eventually.TrueAsync(async () => (await client.StatusAsync(null, null, Ct)).Units[0].Instances[0].Ready, "the unit runs", TestService.Patience, Ct);

        await Eventually.TrueAsync(() => ChildrenOf(guard).Count == 1, "only the unit is left, and no zombie", TestService.Patience, Ct);

        Assert.Empty(ChildrenOf(first).Except([guard, .. ChildrenOf(guard)]));
        Signals.Send(first, Signals.Terminate);
        await container.WaitForExitAsync(Ct);
        Assert.Equal(0, container.ExitCode);
    }

    [Fact]
    public async Task Guard_OfAnOrdinaryUser_RunsUnitsAsThatUser()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "needs root, to become somebody else, and setpriv");
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        var data = Path.Combine(folder.Path, "data");
        using var process = Start("/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", GuardProcess.Binary(), "serve", "--data", data, "--tether");
        var client = new GuardClient(new GuardPaths(data).SocketPath);
        await Eventually.TrueAsync(async () => await AnswersAsync(client), "the guard answers", TestService.Patience, Ct);
        await client.ApplyAsync(TestService.Unit("/bin/sleep") with { Args = ["1000"], WorkingDirectory = "/" }, Ct);
        InstanceStatus? first = null;
        await Eventually.TrueAsync(async () => (first = (await client.StatusAsync(null, null, Ct)).Units[0].Instances[0]).Ready, "the unit runs", TestService.Patience, Ct);
        Assert.Contains($"\nUid:\t{Nobody}\t", await File.ReadAllTextAsync($"/proc/{first!.Pid}/status", Ct), StringComparison.Ordinal);

        Signals.Send(first.Pid!.Value, Signals.Kill);

        await Eventually.TrueAsync(async () => (await client.StatusAsync(null, null, Ct)).Units[0].Instances[0] is { Ready: true } now && now.Pid != first.Pid, "it runs again", TestService.Patience, Ct);
        await Eventually.TrueAsync(
            async () => (await client.WhyAsync(TestService.Name, TestService.Environment, 1, Ct)) is [{ Exit: "killed by SIGKILL" }], "it is kept why", TestService.Patience, Ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<bool> AnswersAsync(GuardClient client)
    {
        try
        {
            return (await client.HelloAsync(Ct)).Pid > 0;
        }
        catch (GuardException)
        {
            return false;
        }
    }

    private static IReadOnlyList<int> ChildrenOf(int pid) => [.. Directory.GetDirectories($"/proc/{pid}/task")
        .SelectMany(t => File.ReadAllText(Path.Combine(t, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(c => int.Parse(c, CultureInfo.InvariantCulture))];

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true };
#pragma warning disable RS0030 // the guard itself, started in an unusual place
        var process = Process.Start(start)!;
#pragma warning restore RS0030
        process.BeginErrorReadLine();
        return process;
    }
}
