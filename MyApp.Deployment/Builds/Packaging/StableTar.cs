using System.Formats.Tar;
using System.Text;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>A tar archive whose bytes depend on nothing but its content: no times, no owners, and the folders that its names need.</summary>
internal sealed class StableTar(Stream destination) : IAsyncDisposable
{
    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>0644.</summary>
    public const UnixFileMode Plain = Read | UnixFileMode.UserWrite;

    /// <summary>0755.</summary>
    public const UnixFileMode Program = Plain | Execute;

    /// <summary>1777, of a folder for everybody.</summary>
    public const UnixFileMode Shared = Program | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    private readonly TarWriter writer = new(destination, TarEntryFormat.Gnu, leaveOpen: true);
    private readonly HashSet<string> folders = new(StringComparer.Ordinal);

    public async Task AddAsync(string name, byte[] content, UnixFileMode mode, CancellationToken ct)
    {
        using var stream = new MemoryStream(content);
        await AddAsync(name, stream, mode, ct);
    }

    public Task AddAsync(string name, string text, UnixFileMode mode, CancellationToken ct) => AddAsync(name, Encoding.UTF8.GetBytes(text), mode, ct);

    public async Task AddAsync(string name, Stream content, UnixFileMode mode, CancellationToken ct)
    {
        await AddParentsAsync(name, ct);
        var entry = Entry(TarEntryType.RegularFile, name, mode);
        entry.DataStream = content;
        await writer.WriteEntryAsync(entry, ct);
    }

    public async Task AddFolderAsync(string name, UnixFileMode mode, CancellationToken ct)
    {
        await AddParentsAsync(name, ct);
        if (folders.Add(name))
            await writer.WriteEntryAsync(Entry(TarEntryType.Directory, name + "/", mode), ct);
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private async Task AddParentsAsync(string name, CancellationToken ct)
    {
        // "./" begins the names of a Debian package, and is no folder to make.
        for (var slash = name.IndexOf('/', name.StartsWith("./", StringComparison.Ordinal) ? 2 : 0); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (folders.Add(name[..slash]))
                await writer.WriteEntryAsync(Entry(TarEntryType.Directory, name[..slash] + "/", Program), ct);
        }
    }

    // GNU, not pax: the writer puts its process id into pax headers. Without the times of access and change, which lie where ustar has the first
    // part of a long name: tarfile of Python reads 00000000000/ before every name there.
    private static GnuTarEntry Entry(TarEntryType type, string name, UnixFileMode mode) => new(type, name)
    {
        ModificationTime = DateTimeOffset.UnixEpoch, Mode = mode, Uid = 0, Gid = 0, UserName = "", GroupName = "",
    };
}
