using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What a program finds itself to be when it begins, as the kernel tells it.</summary>
public sealed class SpawnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_HasWhatItsRuleAsksFor()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var pid = await RunAsync(guard, TestService.Unit("/bin/sleep") with
        {
            Args = ["1000"],
            Resources = new ResourceLimits { Files = 777 },
            Process = new ProcessRule
            {
                Umask = 0b000_111_000, Nice = 3, OomScoreAdjust = 250, Groups = ["adm", "4711"], CoreBytes = 0, LockedBytes = 65536, StackBytes = 1 << 20,
            },
        });

        var status = Status(pid);
        Assert.Equal(("0070", "1"), (status["Umask"], status["NoNewPrivs"]));
        Assert.Contains("4711", status["Groups"].Split(' '));
        Assert.Contains("4", status["Groups"].Split(' '));
        Assert.Equal("250", File.ReadAllLines($"/proc/{pid}/oom_score_adj")[0]);
        Assert.Equal("3", File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[16]);
        Assert.Equal(("777", "777"), Limit(pid, "Max open files"));
        Assert.Equal(("0", "0"), Limit(pid, "Max core file size"));
        Assert.Equal(("65536", "65536"), Limit(pid, "Max locked memory"));
        Assert.Equal(("1048576", "1048576"), Limit(pid, "Max stack size"));
    }

    [Fact]
    public async Task Process_WithoutARule_GetsNothingOfTheGuard()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var pid = await RunAsync(guard, TestService.Unit("/bin/sleep") with { Args = ["1000"] });

        var status = Status(pid);
        Assert.Equal(("0027", "1"), (status["Umask"], status["NoNewPrivs"]));
        Assert.All(["SigBlk", "SigIgn", "SigCgt"], n => Assert.Equal("0000000000000000", status[n]));
        Assert.Equal(["0", "1", "2"], Directory.GetFiles($"/proc/{pid}/fd").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(pid.ToString(CultureInfo.InvariantCulture), File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[3]);
        Assert.DoesNotContain("LISTEN_", await File.ReadAllTextAsync($"/proc/{pid}/environ", Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99_999_999_999, "resources.files 99999999999: Operation not permitted")]
    public async Task Limit_TheKernelRefuses_IsNamed(long files, string words)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit("/bin/true") with { Resources = new ResourceLimits { Files = files } }, Ct);

        var instance = await guard.UntilStateAsync(InstanceState.Failed, Ct);

        Assert.Contains(words, instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_ThatIsNotThere_IsRefusedByName()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var refused = await Assert.ThrowsAsync<GuardException>(
            () => guard.Client.ApplyAsync(TestService.Unit("/bin/true") with { Process = new ProcessRule { Groups = ["no-such-group"] } }, Ct));

        Assert.Equal("bad-request", refused.Code);
        Assert.Contains("process.groups", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListenSockets_ArriveInOrderWithThePidOfTheProgram()
    {
        // A service manager gives them to the shim, which passes them on: 3 is the first file, 4 the second.
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "one", "two" })
            await File.WriteAllLinesAsync(Path.Combine(folder.Path, name), [name], Ct);
        using var shim = GuardProcess.StartIn(
            "exec 3<$0/one 4<$0/two; export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=first:second; "
            + "exec \"$1\" exec -- /bin/sh -c 'cat <&3; cat <&4; echo $LISTEN_FDS $LISTEN_FDNAMES; echo $LISTEN_PID; echo $$; ls /proc/$$/fd'",
            folder.Path, GuardProcess.Binary());
        var lines = (await shim.StandardOutput.ReadToEndAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["one", "two", "2 first:second"], lines.Take(3));
        Assert.Equal(lines[4], lines[3]);
        Assert.Equal(["0", "1", "2", "3", "4"], lines[5..10]);
    }

    private static async Task<int> RunAsync(GuardProcess guard, Unit unit)
    {
        await guard.Client.ApplyAsync(unit, Ct);
        return (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
    }

    // Umask:	0022
    private static Dictionary<string, string> Status(int pid) => File.ReadAllLines($"/proc/{pid}/status")
        .Select(l => l.Split(':', 2)).ToDictionary(p => p[0], p => p[1].Trim(), StringComparer.Ordinal);

    // Max open files            1024                 524288               files
    private static (string Soft, string Hard) Limit(int pid, string name)
    {
        var line = File.ReadAllLines($"/proc/{pid}/limits").Single(l => l.StartsWith(name, StringComparison.Ordinal));
        var values = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (values[0], values[1]);
    }
}
