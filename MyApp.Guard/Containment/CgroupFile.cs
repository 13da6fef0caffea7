using System.Globalization;
using System.Text;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Containment;

/// <summary>Reads and writes the files of a control group, which are commands and answers and no state of ours.</summary>
internal static class CgroupFile
{
    /// <exception cref="NativeException">The kernel refuses it.</exception>
    public static void Write(string folder, string name, string text)
    {
        using var file = Fd.Open(Path.Combine(folder, name), O_WRONLY);
        Fd.WriteAll(file, Encoding.ASCII.GetBytes(text));
    }

    /// <returns>Null when it is not there.</returns>
    public static string? Read(string folder, string name)
    {
        try
        {
            return LastDescriptor.Do(() =>
            {
                using var file = Fd.Open(Path.Combine(folder, name), O_RDONLY);
                return Encoding.ASCII.GetString(Fd.ReadToEnd(Fd.Number(file)));
            });
        }
        catch (NativeException e) when (e.Errno is ENOENT or ENODEV or EACCES)
        {
            return null;
        }
    }

    /// <summary>The number after a word of a file of lines <c>word number</c>.</summary>
    public static long? Number(string folder, string name, string word)
    {
        foreach (var line in (Read(folder, name) ?? "").Split('\n'))
        {
            if (line.StartsWith(word, StringComparison.Ordinal) && line.Length > word.Length && line[word.Length] == ' '
                && long.TryParse(line.AsSpan(word.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }

        return null;
    }

    public static long? Number(string folder, string name) =>
        long.TryParse(Read(folder, name)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Every process of the group and the groups below it; some may have ended since.</summary>
    public static IEnumerable<int> Pids(string folder)
    {
        var own = (Read(folder, "cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return own.Select(l => int.Parse(l, CultureInfo.InvariantCulture)).Where(p => p > 0).Concat(Below(folder).SelectMany(Pids));
    }

    /// <summary>Removes the group and the groups below it, if no process is in them.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool Remove(string folder)
    {
        foreach (var below in Below(folder))
            Remove(below);
        return Libc.rmdir(folder) == 0 || !Directory.Exists(folder);
    }

    private static string[] Below(string folder)
    {
        try
        {
            return LastDescriptor.Do(() => Directory.GetDirectories(folder));
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
