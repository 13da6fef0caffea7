using System.Text.Json;
using MyApp.Guard.Native;
using MyApp.Supervision.Files;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>
/// The guard's files: <c>units/{environment}/{service}/{release}.json</c> and <c>instances/…/{release}.{replica}.json</c>. Units hold
/// secrets in their environment, so all is 0600 in folders of 0700.
/// </summary>
internal sealed class RecordStore(string stateFolder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Every unit that can be read; <paramref name="onBroken"/> gets the path and the reason of each that can't.</summary>
    public IEnumerable<UnitRecord> Units(Action<string, string> onBroken)
    {
        var folder = Path.Combine(stateFolder, "units");
        Directory.CreateDirectory(folder);
        foreach (var path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (TryRead(path, ReadUnit, onBroken) is { } record)
                yield return record;
        }
    }

    public void Save(UnitRecord record) => Write(UnitPath(record.Unit), JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.UnitRecord));

    public InstanceRecord? Instance(Unit unit, int replica, Action<string, string> onBroken)
    {
        var path = InstancePath(unit, replica);
        return File.Exists(path) ? TryRead(path, t => JsonSerializer.Deserialize(t, RecordJson.Default.InstanceRecord), onBroken) : null;
    }

    /// <summary>
    /// Not forced to the disk: it has to outlive the guard and not the machine, as processes don't outlive that either. A power cut may take
    /// the last step of the counters, and a restart does not wait for a disk.
    /// </summary>
    public void Save(Unit unit, int replica, InstanceRecord record) =>
        Write(InstancePath(unit, replica), JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.InstanceRecord), durable: false);

    public void Forget(Unit unit)
    {
        File.Delete(UnitPath(unit));
        // What is removed gives descriptors back, so it must not be for want of one that it can't be.
        LastDescriptor.Do(() => AtomicFile.SyncFolder(Path.GetDirectoryName(UnitPath(unit))!));
        ForgetInstances(unit, 0, unit.Replicas);
    }

    public void ForgetInstances(Unit unit, int first, int count)
    {
        foreach (var replica in Enumerable.Range(first, count))
            File.Delete(InstancePath(unit, replica));
    }

    /// <summary>Path of an instance's pipes, without their endings.</summary>
    public string PipePrefix(Unit unit, int replica)
    {
        var folder = Path.Combine(stateFolder, "run", unit.Environment, unit.Service);
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{unit.Release}.{replica}");
    }

    private string UnitPath(Unit unit) => Path.Combine(stateFolder, "units", unit.Environment, unit.Service, $"{unit.Release}.json");

    private string InstancePath(Unit unit, int replica) =>
        Path.Combine(stateFolder, "instances", unit.Environment, unit.Service, $"{unit.Release}.{replica}.json");

    private static void Write(string path, byte[] content, bool durable = true)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllBytes(path, content, OwnerOnly, durable);
    }

    // One that an older guard wrote lacks what has come since.
    private static UnitRecord? ReadUnit(byte[] text)
    {
        using var document = JsonDocument.Parse(text);
        var record = JsonSerializer.Deserialize(document.RootElement, RecordJson.Default.UnitRecord);
        return record is null ? null : record with { Unit = UnitDefaults.Read(document.RootElement.GetProperty("unit")) };
    }

    private static T? TryRead<T>(string path, Func<byte[], T?> read, Action<string, string> onBroken)
        where T : class
    {
        try
        {
            return read(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is JsonException or IOException or NotSupportedException)
        {
            onBroken(path, e.Message);
            return null;
        }
    }
}
