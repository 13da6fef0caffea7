using System.Globalization;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Ports;

namespace MyApp.Deployment.Preflight.Host;

/// <summary>Looks at this machine, and touches nothing.</summary>
public static class HostInspection
{
    // As the kernel calls them: what holds sockets for a guard is its keeper as well.
    private static readonly string[] GuardNames = ["myapp-guard", "myapp-keeper"];
    private const string FirstFreePort = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="secrets">Names of those that its environment has for it; null: nobody has looked.</param>
    public static async Task<HostFacts> InspectAsync(ServiceSpec spec, IReadOnlySet<string>? secrets, TimeProvider clock, CancellationToken ct)
    {
        var dependencies = DependencyInspection.InspectAsync(spec, clock, ct);
        return new()
        {
            Spec = spec,
            MissingSecrets = secrets is null ? [] : [.. UnitSecrets.Wanted(spec).Where(wanted => !secrets.Contains(wanted.Name))],
            PortOwners = Owners(spec),
            FirstFreePort = File.Exists(FirstFreePort) && int.TryParse(File.ReadAllText(FirstFreePort), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var first) ? first : 1024,
            IsRoot = Environment.IsPrivilegedProcess,
            MostFiles = MostFiles(),
            UserExists = spec.Run.User is { } user ? await UserExistsAsync(user, ct) : null,
            Dependencies = await dependencies,
            ClockIsKept = KernelClock.IsKept(),
            Now = clock.GetUtcNow(),
        };
    }

    // What the guard holds it holds for its services, and it says itself which of them it is.
    private static SortedDictionary<int, string> Owners(ServiceSpec spec)
    {
        var owners = new SortedDictionary<int, string>();
        foreach (var port in spec.Ports)
        {
            var holders = PortOwner.All(port.Port).ToList();
            if (holders.Count > 0 && !holders.Exists(IsGuard))
                owners[port.Port] = holders[0];
        }

        return owners;
    }

    private static bool IsGuard(string holder) => Array.Exists(GuardNames, name => holder.StartsWith(name, StringComparison.Ordinal));

    // Max open files            1024                 1048576              files
    private static long? MostFiles()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits))
            return null;
        var words = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is { Length: > 4 } && long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null;
    }

    // getent also knows users that are not in /etc/passwd (LDAP, systemd's dynamic ones).
    private static async Task<bool?> UserExistsAsync(string user, CancellationToken ct)
    {
        if (ProgramSearch.Find("getent") is not { } getent)
            return null;
        const int notFound = 2;
        var result = await LocalHost.RunAsync(new(getent, ["passwd", user]) { Timeout = Patience }, ct);
        return result.ExitCode switch { 0 => true, notFound => false, _ => null };
    }
}
