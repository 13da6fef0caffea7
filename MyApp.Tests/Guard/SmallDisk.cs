using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>A file system of 8 MiB in memory, for as long as a test needs it. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Bytes = 8 * 1024 * 1024;
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    private string Filler => Path.Combine(folder, "filler");

    public static async Task<SmallDisk> MountAsync(string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var (exit, words) = await ToolProcess.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={Bytes}", "myapp-test", folder], ct: ct);
        Assert.SkipUnless(exit == 0, $"needs root and mount(8): {words}");
        return new SmallDisk(folder);
    }

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[4096];
        try
        {
            for (var written = 0; written < 2 * Bytes; written += block.Length)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync() =>
        _ = await ToolProcess.RunAsync("umount", ["--lazy", folder], ct: CancellationToken.None);
}
