namespace MyApp.Guard.Containment;

/// <summary>A mounted hierarchy of control groups, as one process sees it.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Controllers">Those it is mounted with; empty for version 2, where cgroup.controllers tells them.</param>
/// <param name="Folder">Of the group the process is in.</param>
internal sealed record CgroupHierarchy(int Version, IReadOnlyList<string> Controllers, string Folder)
{
    /// <param name="pid">Null: the guard itself.</param>
    /// <returns>Empty where there are none, or the process has ended.</returns>
    public static IReadOnlyList<CgroupHierarchy> Of(int? pid = null)
    {
        try
        {
            return Parse(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines($"/proc/{(object?)pid ?? "self"}/cgroup"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    // mountinfo: 34 30 0:31 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
    // cgroup:    4:memory:/user.slice (version 1), 0::/user.slice (version 2)
    internal static IReadOnlyList<CgroupHierarchy> Parse(IEnumerable<string> mountInfo, IEnumerable<string> cgroups)
    {
        var paths = cgroups.Select(l => l.Split(':', 3)).Where(p => p.Length == 3).ToList();
        var found = new List<CgroupHierarchy>();
        foreach (var line in mountInfo)
        {
            var halves = line.Split(" - ", 2);
            if (halves.Length < 2 || halves[0].Split(' ') is not [_, _, _, var root, var mount, ..])
                continue;
            if (halves[1].Split(' ') is not [var type, _, var options, ..] || type is not ("cgroup" or "cgroup2"))
                continue;
            var names = options.Split(',');
            var path = paths.FirstOrDefault(p => type == "cgroup2" ? p[0] == "0" : p[1].Length > 0 && p[1].Split(',').All(names.Contains));
            if (path is not null)
                found.Add(new CgroupHierarchy(type == "cgroup2" ? 2 : 1, path[1].Split(',', StringSplitOptions.RemoveEmptyEntries), Below(mount, root, path[2])));
        }

        return found;
    }

    // A container's mount may begin further down than the paths do.
    private static string Below(string mount, string root, string path)
    {
        var rest = root == "/" ? path : path == root ? "" : path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..] : "";
        return rest is "" or "/" || rest.Contains("/..", StringComparison.Ordinal) ? mount : mount + rest;
    }
}
