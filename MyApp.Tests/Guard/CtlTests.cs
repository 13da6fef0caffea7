using System.Text.Json;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class CtlTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_OfADay_DoWhatTheySay()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "echo hello; exec sleep 1000");
        var file = Path.Combine(guard.DataFolder, "unit.json");
        await File.WriteAllLinesAsync(file, [$$"""{ "service": "probe-me", "environment": "test", "release": "probe-me-test-1", "executable": "{{script}}", "workingDirectory": "/" }"""], Ct);

        var applied = await guard.CtlAsync(Ct, "apply", file);
        Assert.True(applied.Code == 0, applied.Error);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count == 1, Ct);

        Assert.Equal(0, (await guard.CtlAsync(Ct, "switch", "probe-me", "probe-me-test-1")).Code);
        Assert.Matches(@"probe-me +test +probe-me-test-1\.0 +ready \*", (await guard.CtlAsync(Ct, "status")).Output);
        Assert.Contains("probe-me-test-1.0 hello", (await guard.CtlAsync(Ct, "logs", "probe-me")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await guard.CtlAsync(Ct, "stop", "probe-me")).Code);
        Assert.Equal(InstanceState.Stopped, (await guard.InstanceAsync(1, Ct)).State);
        Assert.Equal(0, (await guard.CtlAsync(Ct, "start", "probe-me")).Code);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Assert.Equal(0, (await guard.CtlAsync(Ct, "remove", "probe-me", "probe-me-test-1")).Code);
        Assert.Equal("no units\n", (await guard.CtlAsync(Ct, "status")).Output);
    }

    [Fact]
    public async Task Status_OfAnInstanceThatIsNotUp_SaysWhatItWaitsFor()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var job = new JobRule { Schedule = "0 0 1 1 *" };
        await guard.Client.ApplyAsync(TestService.Unit("/bin/true") with { Job = job, Restart = new RestartRule { Policy = RestartPolicy.OnFailure } }, Ct);
        await guard.UntilAsync(i => i.WaitsFor is not null, Ct);

        Assert.Matches(@"waiting(.*)\n  waits for its next time, in [0-9]+[dhms]", (await guard.CtlAsync(Ct, "status")).Output);
    }

    [Theory]
    [InlineData("serve,ctl,exec", "--help")]
    [InlineData("ctl", "ctl", "--help")]
    [InlineData("exec", "exec", "-h")]
    public async Task Help_IsTheUsageAndNoFailure(string verbs, params string[] words)
    {
        var (code, output, error) = await GuardProcess.RunAsync(Ct, words);

        Assert.Equal((0, ""), (code, error));
        var described = output.Split('\n').Where(line => line.StartsWith("usage: myapp-guard ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]);
        Assert.Equal(verbs, string.Join(',', described));
    }

    [Fact]
    public async Task Status_AsJson_IsTheProtocols()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);

        var (code, output, _) = await guard.CtlAsync(Ct, "status", "--output", "json");

        Assert.Equal(0, code);
        Assert.Equal(TestService.Name, JsonDocument.Parse(output).RootElement.GetProperty("units")[0].GetProperty("service").GetString());
    }

    [Theory]
    [InlineData(2, "there is no command fly", "fly")]
    [InlineData(2, "write: switch SERVICE RELEASE", "switch", "a")]
    [InlineData(2, "--tail: 'x' is no number", "logs", "a", "--tail", "x")]
    [InlineData(2, "can't be read", "apply", "/nosuch.json")]
    [InlineData(1, "there is no service nosuch here", "stop", "nosuch")]
    [InlineData(2, "which no guard says", "upgrade", "--binary", "/bin/true")]
    public async Task Command_ThatFails_SaysHowToDoBetter(int code, string words, params string[] command)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        var answer = await guard.CtlAsync(Ct, command);

        Assert.Equal(code, answer.Code);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OfAReleaseWithOtherContent_EndsWith3()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var file = Path.Combine(guard.DataFolder, "unit.json");
        foreach (var (arguments, code) in new[] { ("1000", 0), ("1001", 3) })
        {
            await File.WriteAllLinesAsync(file, [$$"""{ "service": "a", "environment": "test", "release": "a-1", "executable": "/bin/sleep", "args": ["{{arguments}}"] }"""], Ct);
            Assert.Equal(code, (await guard.CtlAsync(Ct, "apply", file)).Code);
        }
    }

    [Fact]
    public async Task Ctl_WithoutAGuard_SaysHowToStartOne()
    {
        using var folder = new TemporaryFolder();
        using var ctl = GuardProcess.Start("ctl", "--data", folder.Path, "status");
        var words = await ctl.StandardError.ReadToEndAsync(Ct);
        await ctl.WaitForExitAsync(Ct);

        Assert.Equal(1, ctl.ExitCode);
        Assert.Contains($"myapp-guard serve --data {folder.Path}", words, StringComparison.Ordinal);
    }
}
