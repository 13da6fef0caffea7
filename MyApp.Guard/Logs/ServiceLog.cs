using System.Text;
using System.Threading.Channels;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>The log of a service in an environment: <c>access.log</c> (standard output) and <c>error.log</c> (standard error).</summary>
internal sealed class ServiceLog : IDisposable
{
    public const string Access = "access";
    public const string Error = "error";
    private const int FollowerBacklog = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, LogFile> files;
    private readonly List<LogFollower> followers = [];

    private readonly Action<string> report;
    private long lost;

    public ServiceLog(string folder, Action<string> report)
    {
        this.report = report;
        Directory.CreateDirectory(folder);
        files = new[] { Access, Error }.ToDictionary(s => s, s => new LogFile(Path.Combine(folder, $"{s}.log")), StringComparer.Ordinal);
    }

    /// <param name="text">Without its end of line.</param>
    public void Write(string stream, string instance, DateTimeOffset time, ReadOnlySpan<byte> text, LogRule rule)
    {
        var prefix = Encoding.UTF8.GetBytes(LogLineFormat.Prefix(time, instance));
        byte[] line = [.. prefix, .. text, (byte)'\n'];
        lock (gate)
        {
            Append_NeedsLock(files[stream], line, rule);
            if (followers.Count == 0)
                return;
            var told = new GuardLogLine(time, stream, instance, Encoding.UTF8.GetString(text));
            foreach (var follower in followers.Where(f => f.Stream is null || f.Stream == stream))
                follower.Offer(told);
        }
    }

    /// <summary>The last lines, oldest first, and (with <paramref name="follow"/>) all after them: none twice, none left out.</summary>
    public (List<GuardLogLine> Tail, LogFollower? Follower) Read(string? stream, int tail, bool follow)
    {
        lock (gate)
        {
            var wanted = files.Where(f => stream is null || f.Key == stream);
            var lines = wanted.SelectMany(f => LogTail.Read(f.Value, f.Key, tail)).OrderBy(l => l.Time).TakeLast(tail).ToList();
            if (!follow)
                return (lines, null);
            var follower = new LogFollower(stream, Channel.CreateBounded<GuardLogLine>(FollowerBacklog));
            followers.Add(follower);
            return (lines, follower);
        }
    }

    // A full disk must not stop the service, whose pipe would fill up: the line is lost and counted.
    private void Append_NeedsLock(LogFile file, byte[] line, LogRule rule)
    {
        try
        {
            file.Append(line, rule);
            if (lost > 0)
                report($"{file.Path}: {lost} lines were lost, and it is written again");
            lost = 0;
        }
        catch (IOException e)
        {
            if (lost++ == 0)
                report($"{file.Path}: lines are being lost: {e.Message}");
        }
    }

    public void Unfollow(LogFollower follower)
    {
        lock (gate)
            followers.Remove(follower);
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var file in files.Values)
                file.Dispose();
            foreach (var follower in followers)
                follower.Lines.Writer.TryComplete();
        }
    }
}
