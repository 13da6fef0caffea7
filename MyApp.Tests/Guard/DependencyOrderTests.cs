using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class DependencyOrderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_WhoseDependencyIsNotReady_WaitsAndSaysForWhat()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        var database = Named(guard, "database", "exec sleep 1000") with { Startup = FileProbe(guard, go) };
        await guard.Client.ApplyAsync(Named(guard, "front", "exec sleep 1000") with { DependsOn = [On("database")] }, Ct);
        await guard.Client.ApplyAsync(database, Ct);

        var waiting = await UntilAsync(guard, "front", i => i.WaitsFor is not null);
        Assert.Equal((InstanceState.Waiting, "database: the service database is not ready", null), (waiting.State, waiting.WaitsFor, waiting.Pid));
        Touch(go);

        Assert.Null((await UntilAsync(guard, "front", i => i.State == InstanceState.Ready)).WaitsFor);
    }

    [Fact]
    public async Task Service_WhoseDependencyNeverComes_IsTriedThroughTheBackoffAndSaysWhy()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var front = Named(guard, "front", "exec sleep 1000") with { DependsOn = [On("nobody") with { Timeout = TimeSpan.FromMilliseconds(200) }] };
        await guard.Client.ApplyAsync(front, Ct);

        var instance = await UntilAsync(guard, "front", i => i.State == InstanceState.Backoff);

        Assert.Equal("not started: nobody: the service nobody is not ready; it was waited for 0.2 s", instance.LastExit);
        Assert.NotNull(instance.NextStart);
    }

    [Fact]
    public async Task Service_ThatNeedsACompletedJob_StartsAfterIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        var job = Named(guard, "migration", $"while [ ! -e {go} ]; do sleep 0.05; done") with
        {
            Job = new JobRule(), Restart = new RestartRule { Policy = RestartPolicy.OnFailure },
        };
        await guard.Client.ApplyAsync(job, Ct);
        await guard.Client.ApplyAsync(Named(guard, "front", "exec sleep 1000") with { DependsOn = [On("migration") with { Condition = DependencyCondition.Completed }] }, Ct);
        await UntilAsync(guard, "migration", i => i.State == InstanceState.Running);
        Assert.Equal(InstanceState.Waiting, (await UntilAsync(guard, "front", _ => true)).State);
        Touch(go);

        await UntilAsync(guard, "front", i => i.State == InstanceState.Ready);

        var done = await UntilAsync(guard, "migration", i => i.Completed);
        Assert.Equal((InstanceState.Stopped, "exit 0: completed"), (done.State, done.LastExit));
    }

    [Theory]
    [InlineData(DependencyLoss.NotReady, InstanceState.Running)]
    [InlineData(DependencyLoss.Restart, InstanceState.Waiting)]
    [InlineData(DependencyLoss.Stop, InstanceState.Stopped)]
    [InlineData(DependencyLoss.Ignore, InstanceState.Ready)]
    public async Task Loss_OfADependency_HasTheConsequenceThatWasAskedFor(DependencyLoss loss, InstanceState expected)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(Named(guard, "database", "exec sleep 1000"), Ct);
        await guard.Client.ApplyAsync(Named(guard, "front", "exec sleep 1000") with { DependsOn = [On("database") with { OnLoss = loss }] }, Ct);
        var before = await UntilAsync(guard, "front", i => i.State == InstanceState.Ready);

        await guard.Client.StopAsync("database", TestService.Environment, Ct);
        var without = await UntilAsync(guard, "front", i => i.State == expected);
        if (loss is DependencyLoss.NotReady or DependencyLoss.Restart)
            Assert.Equal("database: the service database is not ready", without.WaitsFor);
        await guard.Client.StartAsync("database", TestService.Environment, Ct);

        await UntilAsync(guard, "database", i => i.State == InstanceState.Ready);
        var after = await UntilAsync(guard, "front", i => i.State == (loss == DependencyLoss.Stop ? InstanceState.Stopped : InstanceState.Ready));
        Assert.Equal(loss is DependencyLoss.NotReady or DependencyLoss.Ignore, after.Pid == before.Pid);
    }

    [Fact]
    public async Task Circle_OfServices_IsRefusedByItsPath()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(Named(guard, "a", "exec sleep 1000") with { DependsOn = [On("b")] }, Ct);

        var refusal = await Assert.ThrowsAsync<GuardException>(
            () => guard.Client.ApplyAsync(Named(guard, "b", "exec sleep 1000") with { DependsOn = [On("a")] }, Ct));

        Assert.Equal("bad-request", refusal.Code);
        Assert.Contains("a → b → a", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_OfTheGuard_StopsDependentsFirstAndWaitsForThem()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var told = Path.Combine(guard.DataFolder, "told");
        await File.Create(told).DisposeAsync();
        File.SetUnixFileMode(told, (UnixFileMode)0b110_110_110);
        string Body(string name) => $"trap 'sleep 0.3; echo {name} >> {told}; exit 0' TERM; echo up; while :; do sleep 0.05; done";
        await guard.Client.ApplyAsync(Named(guard, "database", Body("database")), Ct);
        await guard.Client.ApplyAsync(Named(guard, "middle", Body("middle")) with { DependsOn = [On("database")] }, Ct);
        await guard.Client.ApplyAsync(Named(guard, "front", Body("front")) with { DependsOn = [On("middle")] }, Ct);
        foreach (var name in new[] { "database", "middle", "front" })
            await UntilAsync(guard, name, i => i.LastLines.Contains("up"));

        await guard.EndAsync(Ct);

        Assert.Equal(["front", "middle", "database"], await File.ReadAllLinesAsync(told, Ct));
    }

    private static UnitDependency On(string service) => new() { Name = service, Service = service };

    private static Probe FileProbe(GuardProcess guard, string file) => new()
    {
        Exec = [guard.Script("probe", $"[ -e {file} ]")], Period = TimeSpan.FromMilliseconds(50),
    };

    private static void Touch(string path) => File.Create(path).Dispose();

    private static Unit Named(GuardProcess guard, string name, string body) =>
        TestService.Unit(guard.Script(name, body)) with { Service = name, Release = $"{name}-{TestService.Environment}-1" };

    private static async Task<InstanceStatus> UntilAsync(GuardProcess guard, string service, Func<InstanceStatus, bool> condition)
    {
        InstanceStatus? last = null;
        await Eventually.TrueAsync(
            async () => condition(last = (await guard.Client.StatusAsync(service, TestService.Environment, Ct)).Units.Single().Instances[0]),
            $"{service} is as wanted\n{guard.Journal}", TestService.Patience, Ct);
        return last!;
    }
}
