using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Shell scripts as services, and the questions the tests ask about them.</summary>
internal static class TestService
{
    public const string Name = "probe-me";
    public const string Environment = "test";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static string Script(this GuardProcess guard, string name, string body)
    {
        var path = Path.Combine(guard.DataFolder, name);
        File.WriteAllLines(path, ["#!/bin/sh", body]);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    public static Unit Unit(string executable, int release = 1) => new()
    {
        Service = Name,
        Environment = Environment,
        Release = $"{Name}-{Environment}-{release}",
        Executable = executable,
        WorkingDirectory = "/",
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" },
        Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(100), Max = TimeSpan.FromSeconds(1) },
        Stop = new StopRule { Grace = TimeSpan.FromSeconds(5), Drain = TimeSpan.FromSeconds(2) },
    };

    public static async Task<InstanceStatus> InstanceAsync(this GuardProcess guard, int release, CancellationToken ct) =>
        (await guard.Client.StatusAsync(Name, Environment, ct)).Units.Single(u => u.Release == $"{Name}-{Environment}-{release}").Instances[0];

    /// <summary>Waits until the one instance is as asked.</summary>
    public static async Task<InstanceStatus> UntilAsync(this GuardProcess guard, Func<InstanceStatus, bool> condition, CancellationToken ct, int release = 1)
    {
        InstanceStatus? last = null;
        await Eventually.TrueAsync(
            async () => condition(last = await guard.InstanceAsync(release, ct)), $"the instance is as wanted (last seen below) {guard.Journal}", Patience, ct);
        return last!;
    }

    public static Task<InstanceStatus> UntilStateAsync(this GuardProcess guard, InstanceState state, CancellationToken ct, int release = 1) =>
        guard.UntilAsync(i => i.State == state, ct, release);

    /// <summary>A process that runs, not a zombie.</summary>
    public static bool IsRunning(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
