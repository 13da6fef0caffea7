using System.Globalization;
using System.Text.Json;
using MyApp.Guard.Fleet;
using MyApp.Guard.Native;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Files;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Dossiers;

/// <summary>
/// Why instances ended: <c>guard/dossiers/{environment}/{service}/{replica}-{time}.json</c>, the last <see cref="Kept"/> of each replica
/// whatever its release, <c>good.json</c>, the unit that was ready last, and <c>before.json</c>, the one of another release that was ready before it.
/// </summary>
internal sealed class ExitDossiers(string stateFolder, Action<string> report)
{
    /// <summary>Exits kept of each replica of a service.</summary>
    public const int Kept = 20;

    /// <summary>How long those of a service that was removed are kept after its last exit.</summary>
    private static readonly TimeSpan KeptAfterRemoval = TimeSpan.FromDays(30);

    // What they hold may be secret: lines of a log, and the environment of the unit that was good.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Good = "good.json";
    private const string Before = "before.json";
    private readonly Lock gate = new();
    private Task writes = Task.CompletedTask;

    /// <summary>Completes when everything that was noted and recorded until now is on disk, or told to be lost.</summary>
    public Task WhenWrittenAsync()
    {
        lock (gate)
            return writes;
    }

    /// <summary>The unit has got ready: what a later exit of another release is compared with. Returns before it is written.</summary>
    public void NoteReady(Unit unit) => Later(() =>
    {
        var last = Read(unit, Good);
        if (last?.Release == unit.Release)
            return;
        // One that is gone back to is not to be compared with what was left for it.
        if (last is not null && Read(unit, Before)?.Release != unit.Release)
            Write(unit, Before, last);
        else
            Forget(unit, Before);
        Write(unit, Good, unit);
    });

    /// <summary>Keeps an exit, and returns before it is written; one that can't be is told and lost, as supervision goes on with a full disk.</summary>
    /// <param name="isProved">It had been ready for as long as makes a release a good one, whatever comes then.</param>
    /// <param name="describe">Called off the caller's thread: it may read files.</param>
    public void Record(Unit unit, int replica, bool isProved, Func<ExitDossier> describe) => Later(() =>
    {
        var dossier = describe();
        if (isProved && Read(unit, Good)?.Release == unit.Release)
            Forget(unit, Before);
        // Having been ready for a moment, as most are before they fail, does not make it its own good one.
        var known = new[] { Good, Before }.Select(file => Read(unit, file)).FirstOrDefault(u => u is not null && u.Release != unit.Release) is not { } good
            ? dossier
            : dossier with { LastGoodRelease = good.Release, ChangesSinceGood = [.. UnitDiff.Fields(good, unit).Select(c => c.ToString())] };
        var name = string.Create(CultureInfo.InvariantCulture, $"{replica}-{dossier.EndedAt.UtcTicks:D19}.json");
        // Room first: whoever reads meanwhile finds no more than are kept.
        foreach (var old in Files(Folder(unit), $"{replica}-*.json").Skip(Kept - 1))
            File.Delete(old);
        Write(Path.Combine(Folder(unit), name), JsonSerializer.SerializeToUtf8Bytes(known, GuardJson.Default.ExitDossier));
    });

    // One after the other, in the order of the events.
    private void Later(Action write)
    {
        lock (gate)
        {
            writes = writes.ContinueWith(
                _ =>
                {
                    try
                    {
                        write();
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException or NativeException)
                    {
                        report($"a dossier is lost: {e.Message}");
                    }
                },
                CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Of all replicas, the last exit first.</summary>
    public IEnumerable<ExitDossier> Read(string environment, string service, int count)
    {
        var folder = Path.Combine(stateFolder, "dossiers", environment, service);
        foreach (var path in Files(folder, "*-*.json").OrderByDescending(TimeOf, StringComparer.Ordinal).Take(count))
        {
            if (TryRead(path) is { } dossier)
                yield return dossier;
        }
    }

    /// <summary>Deletes what there is of services that were removed long ago.</summary>
    public void ForgetOld(IReadOnlyCollection<ServiceKey> known, DateTimeOffset now)
    {
        var root = Path.Combine(stateFolder, "dossiers");
        var kept = known.Select(k => Path.Combine(root, k.Environment, k.Service)).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var folder in Directory.Exists(root) ? Directory.GetDirectories(root).SelectMany(Directory.GetDirectories) : [])
            {
                if (!kept.Contains(folder) && Directory.GetFiles(folder).All(f => now - File.GetLastWriteTimeUtc(f) > KeptAfterRemoval))
                    Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report($"old dossiers can't be removed: {e.Message}");
        }
    }

    private string Folder(Unit unit) => Path.Combine(stateFolder, "dossiers", unit.Environment, unit.Service);

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).OrderByDescending(TimeOf, StringComparer.Ordinal).ToList() : [];

    // "{replica}-{ticks}.json": names of equal length after the hyphen sort by time.
    private static string TimeOf(string path) => Path.GetFileName(path)[(Path.GetFileName(path).IndexOf('-', StringComparison.Ordinal) + 1)..];

    private Unit? Read(Unit unit, string file)
    {
        var path = Path.Combine(Folder(unit), file);
        try
        {
            if (!File.Exists(path))
                return null;
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return UnitDefaults.Read(document.RootElement);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            report($"{path} can't be read: {e.Message}");
            return null;
        }
    }

    private ExitDossier? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), GuardJson.Default.ExitDossier);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // One that has just made room for a newer one, or was written by half a disk.
            if (e is not FileNotFoundException)
                report($"{path} can't be read: {e.Message}");
            return null;
        }
    }

    private void Forget(Unit unit, string file)
    {
        if (Directory.Exists(Folder(unit)))
            File.Delete(Path.Combine(Folder(unit), file));
    }

    private void Write(Unit unit, string file, Unit content) =>
        Write(Path.Combine(Folder(unit), file), JsonSerializer.SerializeToUtf8Bytes(content, RecordJson.Default.Unit));

    private void Write(string path, byte[] content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.WriteAllBytes(path, content, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report($"{path} can't be written: {e.Message}");
        }
    }
}
