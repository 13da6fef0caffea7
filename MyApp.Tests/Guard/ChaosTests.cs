using System.Globalization;
using MyApp.Tests.Guard.Chaos;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>
/// Guard, instances, what they started and probes are killed at random. <c>MYAPP_CHAOS_SECONDS</c> (default 60) says for how long;
/// <c>MYAPP_CHAOS_SEED</c> repeats the choices of an earlier run, though not its timing.
/// </summary>
public sealed class ChaosTests
{
    private const int DefaultSeconds = 60;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guard_ThroughAMinuteOfKills_KeepsEveryPromise()
    {
        var seed = Number("MYAPP_CHAOS_SEED") ?? Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage("chaos: MYAPP_CHAOS_SEED={0}", seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"MYAPP_CHAOS_SEED={seed}");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var fleet = new ChaosFleet(guard);
        await fleet.ApplyAsync(Ct);
        var promises = new ChaosPromises(guard, fleet);
        await promises.WaitUntilWellAsync(Ct);

        var strikes = new ChaosStrikes(guard, fleet, promises, new Random(seed));
        await strikes.GoOnAsync(TimeSpan.FromSeconds(Number("MYAPP_CHAOS_SECONDS") ?? DefaultSeconds), Ct);

        TestContext.Current.TestOutputHelper?.WriteLine($"{strikes}");
        await promises.WaitUntilWellAsync(Ct);
        var broken = await promises.BrokenAsync(Ct);
        Assert.True(broken.Count == 0, $"{guard.Journal}\nseed {seed}, {strikes}:\n{string.Join('\n', broken)}");
        await fleet.RemoveAsync(Ct);
        Assert.Empty(fleet.Processes().Select(p => $"left running: {p}"));
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
