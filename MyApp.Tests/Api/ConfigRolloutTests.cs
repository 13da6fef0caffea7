using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Configs;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>A change in the config server, all the way to a process: the real rollout on a real guard, of a shell as a prebuilt service.</summary>
public sealed class ConfigRolloutTests(PostgresFixture postgres)
{
    private const string Spec = """
        service: orders
        build: { toolchain: prebuilt, file: orders }
        run: { args: [-c, "cat \"$CONFIG_FILE\"; echo; echo variable: $GREETING; exec sleep 1000"] }
        app: { token: "${secret:TOKEN}" }
        config: { deliver: both, format: properties, onChange: restart }
        environments:
          test: { freeze: [{ from: 2100-01-01, until: 2100-12-31, reason: holidays }] }
        """;

    private const string Signalled = """
        service: orders
        build: { toolchain: prebuilt, file: orders }
        run: { args: [-c, "tell() { cat \"$CONFIG_FILE\"; if grep -q bad \"$CONFIG_FILE\"; then exit 3; fi; }; trap tell HUP; cat \"$CONFIG_FILE\"; while :; do sleep 0.05; done"] }
        app: { token: "${secret:TOKEN}" }
        config: { deliver: file, format: properties, onChange: signal }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Change_OfAServiceThatRuns_ReachesItsProcessAndAFreezeHoldsTheNextBack()
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && OperatingSystem.IsLinux(), "needs /bin/sh");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var clock = new MovableClock();
        await using var api = await HostAsync(guard, clock);
        using var client = await api.ReadyClientAsync();
        await api.Services.GetRequiredService<SecretVault>().SetAsync(new("test", null), "TOKEN", new("it's secret"), "ada", Ct);
        await ChangeAsync(client, "one");

        var shipped = await NewestAsync(client, await ShipAsync(client));
        Assert.True(shipped.State == RolloutState.Succeeded, shipped.Failure);
        await ToldAsync(guard, "orders-test-1", "one");

        await ChangeAsync(client, "two");
        await NewestAsync(client, 2);
        await ToldAsync(guard, "orders-test-2", "two");
        Assert.Equal(["orders-test-2"], (await guard.Client.StatusAsync("orders", "test", Ct)).Units.Select(unit => unit.Release));

        clock.Later = new DateTimeOffset(2100, 6, 1, 0, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow();
        await ChangeAsync(client, "three");
        var frozen = await NewestAsync(client, 3);
        Assert.Equal(RolloutState.Failed, frozen.State);
        Assert.Contains("error environment.freeze: test is frozen until ", frozen.Failure, StringComparison.Ordinal);
        await ToldAsync(guard, "orders-test-2", "two");
    }

    [Fact(Timeout = 120_000)]
    public async Task Change_OfAServiceThatTakesASignal_ReachesTheProcessThatRunsAndABadOneIsTakenBack()
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && OperatingSystem.IsLinux(), "needs /bin/sh");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await using var api = await HostAsync(guard, TimeProvider.System);
        using var client = await api.ReadyClientAsync();
        await api.Services.GetRequiredService<SecretVault>().SetAsync(new("test", null), "TOKEN", new("it's secret"), "ada", Ct);
        await ChangeAsync(client, "one");
        Assert.Equal(RolloutState.Succeeded, (await NewestAsync(client, await ShipAsync(client, Signalled))).State);
        var before = await PidAsync(guard);

        await ChangeAsync(client, "two");
        var given = await NewestAsync(client, 2);
        Assert.Equal((RolloutKind.Refresh, RolloutState.Succeeded, "orders-test-1"), (given.Kind, given.State, given.Release));
        await HasAsync(guard, "greeting=two", "token=it's secret");
        Assert.Equal(before, await PidAsync(guard));

        await ChangeAsync(client, "bad");
        var taken = await NewestAsync(client, 3);
        Assert.Equal("the instances have their earlier values again: orders-test-1.0 did not go on running with them: exit 3", taken.Failure);
        await HasAsync(guard, "greeting=two", "token=it's secret");
    }

    private async Task<ApiHost> HostAsync(GuardProcess guard, TimeProvider clock)
    {
        var api = new ApiHost(await postgres.NewDatabaseAsync(), guard.DataFolder);
        api.Run = (id, store, ct) => RolloutRunner.ForGuard(
            new DataPaths(guard.DataFolder), store, clock, new() { Bake = TimeSpan.FromSeconds(1) }, api.Services.GetRequiredService<SecretVault>(),
            api.Services.GetRequiredService<ConfigStore>().ForSpecAsync).RunAsync(id, ct);
        return api;
    }

    private static async Task<int?> PidAsync(GuardProcess guard) => Assert.Single((await guard.Client.StatusAsync("orders", "test", Ct)).Units.Single().Instances).Pid;

    private static async Task HasAsync(GuardProcess guard, params string[] lines)
    {
        InstanceStatus? seen = null;
        string Seen() => $"it is {seen?.State}, {seen?.LastExit}, and tells {string.Join(", ", seen?.LastLines ?? [])}";
        await Eventually.TrueAsync(
            async () => (seen = (await guard.Client.StatusAsync("orders", "test", Ct)).Units.Single().Instances.Single()) is { State: InstanceState.Ready } && seen.LastLines.TakeLast(lines.Length).SequenceEqual(lines),
            $"the instance tells {string.Join(", ", lines)} last; {Seen}; the guard says {guard.Journal}", TimeSpan.FromSeconds(60), Ct);
    }

    private static async Task<int> ShipAsync(HttpClient client, string spec = Spec)
    {
        using var source = new TemporaryFolder();
        source.File("myapp.yaml", spec);
        File.Copy("/bin/sh", Path.Combine(source.Path, "orders"));
        using var archive = new MemoryStream();
        await SourceArchive.WriteAsync(source.Path, archive, Ct);
        using var uploaded = await client.UploadAsync(new ByteArrayContent(archive.ToArray()));
        var digest = (await uploaded.ReadAsync(HttpStatusCode.Created, WireJson.Default.SourceReceipt)).Digest;
        using var answer = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "test", Source = digest, RequestedBy = "ada" }, WireJson.Default.RolloutRequest);
        await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);
        return 1;
    }

    private static async Task ChangeAsync(HttpClient client, string greeting)
    {
        using var answer = await client.PostAsJsonAsync("/api/v1/configs/orders", new { environment = "test", set = new Dictionary<string, string> { ["app.greeting"] = greeting }, requestedBy = "ada" }, Ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The newest rollout, once there are so many and it is final.</summary>
    private static async Task<Rollout> NewestAsync(HttpClient client, int count)
    {
        IReadOnlyList<Rollout> rollouts = [];
        await Asking.UntilAsync($"rollout {count} to be final", async () =>
        {
            rollouts = (await client.GetAsync("/api/v1/rollouts?service=orders", WireJson.Default.RolloutList)).Rollouts;
            return rollouts.Count == count && rollouts[0].IsFinal;
        });
        return rollouts[0];
    }

    private static Task ToldAsync(GuardProcess guard, string release, string greeting) => Eventually.TrueAsync(
        async () =>
        {
            var unit = (await guard.Client.StatusAsync("orders", "test", Ct)).Units.Single(unit => unit.Release == release);
            return unit is { Current: true, Instances: [{ State: InstanceState.Ready } ready] } && ready.LastLines.Contains($"greeting={greeting}")
                && ready.LastLines.Contains($"variable: {greeting}") && ready.LastLines.Contains("token=it's secret");
        },
        $"{release} tells {greeting}", TimeSpan.FromSeconds(60), Ct);

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Later;
    }
}
