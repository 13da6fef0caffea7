using System.Collections.Concurrent;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>Compresses and removes rotated files, on a thread of the lowest priority that is there only while there is work.</summary>
internal sealed class LogTidier
{
    private const int LowestPriority = 19;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private readonly TimeProvider clock;
    private readonly Action<string> report;
    private readonly ConcurrentDictionary<ServiceLog, LogRule> watched = new();
    private readonly Lock gate = new();
    private readonly HashSet<ServiceLog> due = [];
    private readonly ITimer timer;
    private bool running;

    public LogTidier(TimeProvider clock, Action<string> report)
    {
        (this.clock, this.report) = (clock, report);
        // Files grow too old also where nothing is logged.
        timer = clock.CreateTimer(_ => TidyAll(), null, Every, Every);
    }

    public void Watch(ServiceLog log, LogRule rule)
    {
        watched[log] = rule;
        Tidy(log);
    }

    public void Forget(ServiceLog log) => watched.TryRemove(log, out _);

    public void Tidy(ServiceLog log)
    {
        lock (gate)
        {
            due.Add(log);
            if (running)
                return;
            running = true;
        }

        new Thread(Run, 256 * 1024) { IsBackground = true, Name = "log-keeper" }.Start();
    }

    private void TidyAll()
    {
        foreach (var log in watched.Keys)
            Tidy(log);
    }

    private void Run()
    {
        // Of this thread alone, on Linux. Best effort.
        _ = PipeCalls.setpriority(PipeCalls.PRIO_PROCESS, 0, LowestPriority);
        while (Next() is { } log)
        {
            try
            {
                if (watched.TryGetValue(log, out var rule))
                    Tidy(log.Folder, rule);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report($"{log.Folder}: old logs can't be compressed or removed: {e.Message}");
            }
        }
    }

    private ServiceLog? Next()
    {
        lock (gate)
        {
            var next = due.FirstOrDefault();
            running = next is not null;
            due.Remove(next!);
            return next;
        }
    }

    private void Tidy(string folder, LogRule rule)
    {
        if (!Directory.Exists(folder))
            return;
        // Left by a guard that was killed while it compressed.
        foreach (var unfinished in Directory.EnumerateFiles(folder, $"{LogFolder.Unfinished}*.gz"))
            File.Delete(unfinished);
        // Looked at anew after each file: it takes a while, and more may have come.
        while (true)
        {
            var files = LogFolder.Rotated(folder);
            var removed = LogRetention.ToRemove(files, LogFolder.LiveBytes(folder), rule, clock.GetUtcNow());
            foreach (var file in removed)
                File.Delete(Path.Combine(folder, file.Name));
            foreach (var file in files.Where(f => f.Compressed))
                File.Delete(Path.Combine(folder, (file with { Compressed = false }).Name));
            if (LogRetention.ToCompress(files.Except(removed)) is not [var next, ..])
                return;
            Compress(folder, next);
        }
    }

    private static void Compress(string folder, RotatedLog log)
    {
        var path = Path.Combine(folder, log.Name);
        var compressed = (log with { Compressed = true }).Name;
        var unfinished = Path.Combine(folder, LogFolder.Unfinished + compressed);
        using (var from = File.OpenRead(path))
        using (var to = new FileStream(unfinished, Options))
        {
            LogMembers.Write(from, to);
            to.Flush(flushToDisk: true);
        }

        File.Move(unfinished, Path.Combine(folder, compressed), overwrite: true);
        File.Delete(path);
    }

    private static FileStreamOptions Options => new()
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
    };
}
