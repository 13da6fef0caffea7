using System.Collections;
using System.Globalization;
using MyApp.Deployment.Transport;
using MyApp.Hosting.Engine.Execution;

namespace MyApp.Hosting.Engine.Processes;

/// <summary>
/// Runs a program under the guard's shim, tethered: when this process dies, however it dies, the program and all it started are ended.
/// </summary>
internal static class ResourceProcess
{
    /// <summary>From asking the program to stop to ending it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    // The shim ends the program at the end of the grace; only a shim that hangs is ended from here.
    private static readonly TimeSpan ShimGrace = Grace + TimeSpan.FromSeconds(2);

    // Of the AppHost's own: what its launch profile and the tools that started it set for it alone.
    private static readonly string[] Own = ["ASPNETCORE_URLS", "HTTP_PORTS", "HTTPS_PORTS", "DOTNET_LAUNCH_PROFILE", "DOTNET_HOST_PATH"];
    private static readonly string[] OwnPrefixes = ["MSBUILD", "ASPIRE_", "DOTNET_DASHBOARD_", "DOTNET_RESOURCE_SERVICE_", "OTEL_", "ConnectionStrings__", "services__"];

    /// <returns>The exit code; 128 + signal for a program ended by a signal.</returns>
    /// <exception cref="ProgramStartException">There is no shim, or it cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<int> RunAsync(ProcessPlan plan, Action<int> started, Action<string, bool> line, CancellationToken ct)
    {
        var guard = GuardBinary.Find() ?? throw new ProgramStartException(
            $"myapp-guard is not there, and every process runs through it: build MyApp.Guard, or set {GuardBinary.Variable} to its path");
        var (program, arguments) = Tether(guard, plan);
        var result = await LocalHost.RunAsync(
            new ProgramCall(program, arguments)
            {
                WorkingDirectory = plan.WorkingDirectory,
                Env = Merge(plan.Environment),
                Timeout = Timeout.InfiniteTimeSpan,
                Grace = ShimGrace,
                HoldStdIn = true,
                MaxCaptured = 0,
                OnStarted = started,
                OnLine = (stream, text) => line(text, stream == ProgramStream.Error),
            },
            ct);
        return result.ExitCode;
    }

    /// <summary>A resource that is the guard itself, its daemon or its shim, is tethered by its own option instead of by a second shim.</summary>
    internal static (string Program, IReadOnlyList<string> Arguments) Tether(string guard, ProcessPlan plan)
    {
        var grace = $"{Grace.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s";
        if (plan.FileName != guard)
            return (guard, ["exec", "--tether", "--grace", grace, "--", plan.FileName, .. plan.Arguments]);
        var command = plan.Arguments.TakeWhile(a => a != "--").Contains("--tether") ? [] : new[] { "--tether" };
        string[] limit = plan.Arguments[0] == "exec" && !plan.Arguments.TakeWhile(a => a != "--").Contains("--grace") ? ["--grace", grace] : [];
        return (guard, [plan.Arguments[0], .. command, .. limit, .. plan.Arguments.Skip(1)]);
    }

    private static SortedDictionary<string, string> Merge(IReadOnlyDictionary<string, string> set)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry is { Key: string name, Value: string value } && !IsOwn(name))
                all[name] = value;
        }

        foreach (var (name, value) in set)
            all[name] = value;
        return all;
    }

    private static bool IsOwn(string name) =>
        Own.Contains(name, StringComparer.Ordinal) || OwnPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
}
