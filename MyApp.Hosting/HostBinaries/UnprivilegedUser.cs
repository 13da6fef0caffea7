using System.Globalization;
using MyApp.Deployment.Transport;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Who a server runs as when we are root: its own system user, or nobody.</summary>
internal sealed record UnprivilegedUser(string Name, int Uid, int Gid)
{
    public ProgramUser ForProgram() => new(Uid, Gid);

    /// <returns>Null: we are not root, and the server runs as we do.</returns>
    /// <param name="preferred">The system user the distribution's package of the server made.</param>
    public static UnprivilegedUser? For(string preferred)
    {
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
            return null;
        // postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(f => f.Length > 3).ToList();
        var found = users.FirstOrDefault(f => f[0] == preferred) ?? users.FirstOrDefault(f => f[0] == "nobody")
            ?? throw new InvalidOperationException($"We are root, and there is neither a user '{preferred}' nor 'nobody' to run the server as.");
        return new UnprivilegedUser(found[0], int.Parse(found[2], CultureInfo.InvariantCulture), int.Parse(found[3], CultureInfo.InvariantCulture));
    }
}
