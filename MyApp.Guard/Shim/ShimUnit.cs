using MyApp.Guard.Fleet;
using MyApp.Guard.Sockets;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Shim;

/// <summary>The unit of a shim, as it is run where the host's service manager has the last word.</summary>
internal static class ShimUnit
{
    /// <exception cref="FormatException">The file is no unit, or the shim can't run it; the message says why.</exception>
    public static Unit Read(ShimOptions options)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(options.UnitFile!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{options.UnitFile}: {e.Message}", e);
        }

        var file = UnitFile.Read(options.UnitFile!, text);
        var unit = file.Unit ?? throw new FormatException(string.Join('\n', file.Problems));
        if (Unsupported(unit).ToList() is { Count: > 0 } unsupported)
            throw new FormatException($"{options.UnitFile}: exec does not do {string.Join(", ", unsupported)}");
        return Adapted(unit, options);
    }

    /// <summary>The sockets the service manager has opened for ports of the unit. For all others there is one of the shim's own.</summary>
    public static IEnumerable<(string Name, int Descriptor)> Given(Unit unit) =>
        from socket in InheritedSockets.Read(Environment.GetEnvironmentVariable)
        let port = unit.Ports.FirstOrDefault(p => p.Port == ListeningSocket.AddressOf(socket.Descriptor)?.Port)
        where port is not null
        select (ServiceSockets.NameOf("inherit", UnitKey.Of(unit).Service, port), socket.Descriptor);

    private static IEnumerable<string> Unsupported(Unit unit)
    {
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
            Socket = unit.Socket == SocketMode.Inherit ? SocketMode.Inherit : SocketMode.None,
            Restart = options.Restart ? unit.Restart : unit.Restart with { Policy = RestartPolicy.Never },
            Job = options.Restart ? unit.Job : null,
        };
    }
}
