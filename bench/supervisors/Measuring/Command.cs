using System.Diagnostics;

namespace MyApp.Bench.Supervisors.Measuring;

/// <summary>Runs the programs that are measured, and those that drive them.</summary>
internal static class Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Where a program is, also in the folders of the administrator; null: nowhere.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);

    /// <returns>What it wrote to standard output and error.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> command, CancellationToken ct, IReadOnlyDictionary<string, string>? environment = null)
    {
        var words = command.ToList();
        using var process = Start(words, environment, keepOutput: true);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Patience);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token) + await error;
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode}: {output.Trim()}");
    }

    /// <summary>Starts a program that stays; without <paramref name="keepOutput"/> what it writes is nobody's.</summary>
    public static Process Start(IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null, bool keepOutput = false)
    {
        var words = command.ToList();
        if (!keepOutput)
            words = ["/bin/sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", .. words];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = keepOutput, RedirectStandardError = keepOutput };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
#pragma warning disable RS0030 // the benchmark's one place to start programs
        return Process.Start(start)!;
#pragma warning restore RS0030
    }
}
