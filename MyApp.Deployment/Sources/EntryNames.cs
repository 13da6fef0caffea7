using System.Text;

namespace MyApp.Deployment.Sources;

/// <summary>Which names and link texts of an archive are safe.</summary>
internal static class EntryNames
{
    private const int MaxLength = 1024;
    // NAME_MAX of the usual file systems.
    private const int MaxPart = 255;

    /// <summary>Without <c>.</c> parts and slashes at the end; empty for the archive's root.</summary>
    public static string Normalise(string name)
    {
        if (name.StartsWith('/'))
            throw Unsafe(name, "is an absolute name");
        if (name.Length > MaxLength || name.Contains('\\', StringComparison.Ordinal) || name.Any(char.IsControl))
            throw Unsafe(name, "is too long or holds a backslash or control character");
        var parts = name.Split('/').Where(part => part is not "" and not ".").ToList();
        if (parts.Contains(".."))
            throw Unsafe(name, "leads out of the archive with '..'");
        if (parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxPart))
            throw Unsafe(name, $"has a part of more than {MaxPart} bytes");
        return string.Join('/', parts);
    }

    /// <summary>
    /// A link may go up first and down then, and not above the root. Going up again is refused altogether: after another link
    /// <c>..</c> means something else than it says.
    /// </summary>
    public static string CheckSymbolicLink(string name, string target)
    {
        if (target.Length is 0 or > MaxLength || target.StartsWith('/') || target.Any(char.IsControl))
            throw UnsafeLink(name, target);
        var parts = target.Split('/').Where(part => part is not "" and not ".").ToList();
        var up = parts.TakeWhile(part => part == "..").Count();
        if (up > name.Count(c => c == '/') || parts.Skip(up).Contains(".."))
            throw UnsafeLink(name, target);
        return target;
    }

    public static string Shown(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length <= 120 ? clean : clean[..120] + "…";
    }

    private static SourceRefusedException Unsafe(string name, string why) => new(SourceRefusal.UnsafeName, $"'{Shown(name)}' {why}");

    private static SourceRefusedException UnsafeLink(string name, string target) =>
        new(SourceRefusal.UnsafeLink, $"the link '{Shown(name)}' points out of the archive, to '{Shown(target)}'");
}
