using System.Text.Json;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Shim;

/// <summary>The unit of a shim, as it is run where the host's service manager has the last word.</summary>
internal static class ShimUnit
{
    /// <exception cref="FormatException">The file is no unit, or the shim can't run it; the message says why.</exception>
    public static Unit Read(ShimOptions options)
    {
        Unit unit;
        try
        {
            unit = JsonSerializer.Deserialize(File.ReadAllBytes(options.UnitFile!), UnitJson.Default.Unit)
                ?? throw new FormatException($"{options.UnitFile}: not a unit");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{options.UnitFile}: {e.Message}", e);
        }

        if (UnitCheck.Problems(unit) is { Count: > 0 } problems)
            throw new FormatException($"{options.UnitFile}: {string.Join("; ", problems)}");
        if (Unsupported(unit).ToList() is { Count: > 0 } unsupported)
            throw new FormatException($"{options.UnitFile}: exec does not do {string.Join(", ", unsupported)}");
        return Adapted(unit, options);
    }

    private static IEnumerable<string> Unsupported(Unit unit)
    {
        if (unit.Socket == SocketMode.Inherit)
            yield return "socket: inherit";
        if (unit.OnDemand is not null)
            yield return "onDemand";
        if (unit.Job?.Schedule is not null)
            yield return "job.schedule";
        if (unit.DependsOn.Any(d => d.Service is not null))
            yield return "dependsOn.service";
    }

    private static Unit Adapted(Unit unit, ShimOptions options)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in unit.Env)
            env[name] = value;
        // A home of the shim's own would be gone with it.
        if (!env.ContainsKey("HOME") && Environment.GetEnvironmentVariable("HOME") is { } home)
            env["HOME"] = home;
        return unit with
        {
            Env = env,
            // Nobody forwards here, so it listens on the declared ports itself.
            Socket = SocketMode.None,
            Restart = options.Restart ? unit.Restart : unit.Restart with { Policy = RestartPolicy.Never },
            Job = options.Restart ? unit.Job : null,
        };
    }
}
