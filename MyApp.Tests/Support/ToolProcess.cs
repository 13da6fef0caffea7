using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MyApp.Tests.Support;

/// <summary>A program a test started: its lines are kept, it can be waited for by what it says, and it is ended by pid.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly SemaphoreSlim changed = new(0);

    private ToolProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public bool HasExited => process.HasExited;

    public string Output
    {
        get
        {
            lock (lines)
                return string.Join('\n', lines);
        }
    }

    public static ToolProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var process = TestProcess.Start(program, arguments, environment, folder ?? Repository.Root);
        var tool = new ToolProcess(process);
        process.OutputDataReceived += (_, e) => tool.Add(e.Data);
        process.ErrorDataReceived += (_, e) => tool.Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return tool;
    }

    /// <summary>Runs to the end. Standard error is left out of the output when <paramref name="standardError"/> is given to take it.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null, StringBuilder? standardError = null, CancellationToken ct = default)
    {
        using var process = TestProcess.Start(program, arguments, environment, folder ?? Repository.Root);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        standardError?.Append(await error);
        return (process.ExitCode, standardError is null ? await output + await error : await output);
    }

    /// <summary>The first line that satisfies; fails with all that was said when the program ends or the time is over first.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> satisfies, TimeSpan within, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(within);
        while (true)
        {
            lock (lines)
            {
                if (lines.FirstOrDefault(satisfies) is { } found)
                    return found;
            }

            if (process.HasExited)
                Assert.Fail($"It ended with {process.ExitCode} before it said what was waited for:\n{Output}");
            if (!await WaitAsync(deadline.Token))
                Assert.Fail($"Not said within {within}:\n{Output}");
        }
    }

    /// <summary>Waits for it to end by itself.</summary>
    public async Task<int> ExitAsync(TimeSpan within, CancellationToken ct)
    {
        await process.WaitForExitAsync(ct).WaitAsync(within, ct);
        return process.ExitCode;
    }

    public static async Task SignalAsync(int pid, string signal, CancellationToken ct) =>
        await RunAsync("/bin/kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)], ct: ct);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await SignalAsync(process.Id, "TERM", CancellationToken.None);
            try
            {
                await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(15));
            }
            catch (TimeoutException)
            {
                await SignalAsync(process.Id, "KILL", CancellationToken.None);
                await process.WaitForExitAsync();
            }
        }

        process.Dispose();
        changed.Dispose();
    }

    private async Task<bool> WaitAsync(CancellationToken ct)
    {
        try
        {
            await changed.WaitAsync(TimeSpan.FromMilliseconds(250), ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
        changed.Release();
    }
}
