using System.Text;

namespace MyApp.Deployment.Builds.Inspection;

/// <summary>A module that is compiled into a Go executable.</summary>
/// <param name="Sum">As go.sum has it, e.g. <c>h1:…</c>; null: none, as for the main module.</param>
public sealed record GoModule(string Path, string Version, string? Sum);

/// <summary>What the go command (1.18 and later) writes into an executable; <c>go version -m</c> shows the same.</summary>
/// <param name="Version">Of Go.</param>
/// <param name="Package">The main package's path.</param>
/// <param name="Main">Null in GOPATH mode.</param>
/// <param name="Modules">As replaced, if they were. Empty in GOPATH mode.</param>
/// <param name="Settings">E.g. <c>CGO_ENABLED</c>, <c>-ldflags</c>, <c>vcs.revision</c>.</param>
public sealed record GoBuildInfo(string Version, string Package, GoModule? Main, IReadOnlyList<GoModule> Modules, IReadOnlyDictionary<string, string> Settings)
{
    private const int Alignment = 16;
    private const int HeaderSize = 32;
    private const int FlagsAt = 15;
    // The strings follow the header, rather than pointers to them as before Go 1.18.
    private const int Inline = 2;
    // On either side of the module text.
    private const int SentinelSize = 16;
    private const long MostBytes = 1L << 30;
    private static readonly byte[] Magic = [0xff, .. " Go buildinf:"u8];

    /// <summary>Null where there is none, or one of an older Go.</summary>
    public static GoBuildInfo? Find(Stream file)
    {
        if (file.Length > MostBytes)
            return null;
        var whole = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(whole);
        ReadOnlySpan<byte> rest = whole;
        for (var at = 0; at < whole.Length && rest[at..].IndexOf(Magic) is >= 0 and var found; at += Alignment)
        {
            at += found;
            if (at % Alignment == 0 && at + HeaderSize < whole.Length && (whole[at + FlagsAt] & Inline) != 0 && Read(rest[(at + HeaderSize)..]) is { } info)
                return info;
            at -= at % Alignment;
        }

        return null;
    }

    private static GoBuildInfo? Read(ReadOnlySpan<byte> at)
    {
        if (!TryTake(ref at, out var version) || !TryTake(ref at, out var modules) || !version.StartsWith("go"u8))
            return null;
        var framed = modules.Length > (2 * SentinelSize) && modules[^(SentinelSize + 1)] == (byte)'\n';
        return Parse(Encoding.UTF8.GetString(version), framed ? Encoding.UTF8.GetString(modules[SentinelSize..^SentinelSize]) : "");
    }

    // The length as a varint, then so many bytes.
    private static bool TryTake(ref ReadOnlySpan<byte> at, out ReadOnlySpan<byte> text)
    {
        text = default;
        ulong length = 0;
        for (var i = 0; i < at.Length && i < 5; i++)
        {
            length |= (ulong)(at[i] & 0x7f) << (7 * i);
            if ((at[i] & 0x80) != 0)
                continue;
            at = at[(i + 1)..];
            if (length > (ulong)at.Length)
                return false;
            text = at[..(int)length];
            at = at[(int)length..];
            return true;
        }

        return false;
    }

    // path	example.com/orders
    // mod	example.com/orders	(devel)
    // dep	github.com/gin-gonic/gin	v1.8.1	h1:4+fr/…
    // =>	../gin	(devel)
    // build	CGO_ENABLED=0
    private static GoBuildInfo Parse(string version, string text)
    {
        var package = "";
        GoModule? main = null;
        var modules = new List<GoModule>();
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split('\t');
            switch (fields)
            {
                case ["path", var path]:
                    package = path;
                    break;
                case ["mod", var path, var at, ..]:
                    main = new(path, at, SumOf(fields));
                    break;
                case ["dep", var path, var at, ..]:
                    modules.Add(new(path, at, SumOf(fields)));
                    break;
                case ["=>", var path, var at, ..] when modules.Count > 0:
                    modules[^1] = new(path, at, SumOf(fields));
                    break;
                case ["build", var setting] when setting.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals:
                    settings[setting[..equals]] = setting[(equals + 1)..].Trim('"');
                    break;
            }
        }

        return new(version, package, main, modules, settings);
    }

    private static string? SumOf(string[] fields) => fields is [_, _, _, { Length: > 0 } sum] ? sum : null;
}
