namespace MyApp.Guard.Logs;

/// <summary>Which file a name stands for now, whatever it stood for before.</summary>
internal readonly record struct FileIdentity(ulong Inode, uint DeviceMajor, uint DeviceMinor)
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    /// <returns>Null: there is no such file.</returns>
    public static FileIdentity? Of(string path) => Ask(CurrentFolder, path, 0);

    public static FileIdentity? Of(int fd) => Ask(fd, "", EmptyPath);

    // struct statx is the same on every machine: stx_ino at 32, stx_dev_major and stx_dev_minor at 136.
    private static unsafe FileIdentity? Ask(int folder, string path, int flags)
    {
        var answer = stackalloc byte[256];
        if (PipeCalls.statx(folder, path, flags, BasicStats, answer) < 0)
            return null;
        var bytes = new ReadOnlySpan<byte>(answer, 256);
        return new FileIdentity(
            BitConverter.ToUInt64(bytes[32..]), BitConverter.ToUInt32(bytes[136..]), BitConverter.ToUInt32(bytes[140..]));
    }
}
