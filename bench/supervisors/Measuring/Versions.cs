namespace MyApp.Bench.Supervisors.Measuring;

internal static class Versions
{
    /// <summary>Of a Debian package, e.g. <c>2.1.2-54</c>.</summary>
    public static async Task<string> DebianAsync(string package, CancellationToken ct)
    {
        try
        {
            return (await Command.RunAsync(["dpkg-query", "-W", "-f", "${Version}", package], ct)).Trim();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
