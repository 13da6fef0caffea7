namespace MyApp.Deployment.Transport;

/// <summary>Locks that other processes see and the kernel frees when their holder ends, however it ends.</summary>
internal sealed class StoreLock(string folder)
{
    // EWOULDBLOCK, which flock(2) answers where another holds the lock.
    private const int Held = 11;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public async Task<IDisposable> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            if (TryOpen("lock") is { } held)
                return held;
            await Task.Delay(Pause, TimeProvider.System, ct);
        }
    }

    /// <summary>As <see cref="TakeAsync"/>, without waiting: null where another holds it.</summary>
    public IDisposable? TryTakeLock() => TryOpen("lock");

    public IDisposable? TryTakeLease(string name, string holder)
    {
        if (TryOpen($"lease.{name}") is not { } held)
            return null;
        held.SetLength(0);
        held.Write(System.Text.Encoding.UTF8.GetBytes(holder));
        held.Flush();
        return held;
    }

    // FileShare.None is flock(2) on Unix: between processes, and between two streams of one.
    private FileStream? TryOpen(string name)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == Held)
        {
            return null;
        }
    }
}
