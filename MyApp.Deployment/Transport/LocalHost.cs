using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MyApp.Deployment.Transport;

/// <summary>The one home for running programs on this machine.</summary>
public static class LocalHost
{
    // After the program itself has ended, something it left behind may hold its output open; it gets this long.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program in a process group of its own. Cancelling kills the whole group, then throws.</summary>
    /// <exception cref="ProgramStartException">No such program, or it can't be executed.</exception>
    public static async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var output = new CapturedText(call.MaxCaptured);
        var error = new CapturedText(call.MaxCaptured);
        using var process = Start(call);
        call.OnStarted?.Invoke(process.Id);
        var gate = new Lock();
        var reading = Task.WhenAll(
            LineReader.ReadAsync(process.StandardOutput.BaseStream, line => Tell(ProgramStream.Output, line, output)),
            LineReader.ReadAsync(process.StandardError.BaseStream, line => Tell(ProgramStream.Error, line, error)));
        var writing = WriteInputAsync(process, call);
        var timedOut = await WaitAsync(process, call, ct);
        await FinishOutputAsync(process, reading);
        await writing;
        ct.ThrowIfCancellationRequested();
        return new()
        {
            ExitCode = process.ExitCode,
            Output = output.ToString(),
            Error = error.ToString(),
            TimedOut = timedOut,
            Duration = Stopwatch.GetElapsedTime(began),
        };

        void Tell(ProgramStream stream, string line, CapturedText captured)
        {
            lock (gate)
            {
                captured.Add(line);
                call.OnLine?.Invoke(stream, line);
            }
        }
    }

    private static Process Start(ProgramCall call)
    {
        var program = ProgramSearch.Find(call.FileName)
            ?? throw new ProgramStartException($"'{call.FileName}' is not an executable file, nor a program in the PATH");
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = call.WorkingDirectory ?? "",
        };
        var words = Prefix(call).Append(program).Concat(call.Args).ToArray();
        start.FileName = words[0];
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        if (!call.InheritEnvironment)
            start.Environment.Clear();
        foreach (var (name, value) in call.Env)
            start.Environment[name] = value;
        try
        {
#pragma warning disable RS0030 // this is the one home
            return Process.Start(start)!;
#pragma warning restore RS0030
        }
        catch (Win32Exception e)
        {
            throw new ProgramStartException($"'{program}' could not be started: {e.Message}", e);
        }
    }

    // Process can neither make a group nor drop privileges; setsid and setpriv (util-linux) do it and then become the program, under
    // the same process id.
    private static IEnumerable<string> Prefix(ProgramCall call)
    {
        if (ProgramSearch.Find("setsid") is { } setsid)
            yield return setsid;
        if (call.User is not { } user)
            yield break;
        yield return ProgramSearch.Find("setpriv")
            ?? throw new ProgramStartException("'setpriv' (package util-linux) is needed to run a program as another user");
        yield return $"--reuid={user.Uid.ToString(CultureInfo.InvariantCulture)}";
        yield return $"--regid={user.Gid.ToString(CultureInfo.InvariantCulture)}";
        yield return "--clear-groups";
        yield return "--no-new-privs";
        yield return "--";
    }

    private static async Task WriteInputAsync(Process process, ProgramCall call)
    {
        try
        {
            if (call.StdIn is { } text)
                await process.StandardInput.WriteAsync(text);
            if (call.HoldStdIn)
                await process.StandardInput.FlushAsync();
            else
                process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program may end, or close its input, without having read it; its exit code tells whether that was a mistake.
            return;
        }
    }

    private static async Task<bool> WaitAsync(Process process, ProgramCall call, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (call.Timeout != Timeout.InfiniteTimeSpan)
            limit.CancelAfter(call.Timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, call.Grace);
            return !ct.IsCancellationRequested;
        }
    }

    private static async Task EndAsync(Process process, TimeSpan grace)
    {
        if (grace > TimeSpan.Zero)
        {
            ProcessGroup.Signal(process.Id, ProcessGroup.Terminate);
            using var patience = new CancellationTokenSource(grace);
            await process.WaitForExitAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        ProcessGroup.Signal(process.Id, ProcessGroup.Kill);
#pragma warning disable RS0030 // the process is a child not yet waited for, so its id is still its own; the tree catches who left the group
        process.Kill(entireProcessTree: true);
#pragma warning restore RS0030
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static async Task FinishOutputAsync(Process process, Task reading)
    {
        try
        {
            await reading.WaitAsync(OutputGrace);
        }
        catch (TimeoutException)
        {
            ProcessGroup.Signal(process.Id, ProcessGroup.Kill);
            await Task.WhenAny(reading, Task.Delay(OutputGrace, TimeProvider.System));
        }
    }
}
