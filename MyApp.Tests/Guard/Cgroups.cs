using System.Globalization;

namespace MyApp.Tests.Guard;

/// <summary>Finds the control groups of a process by what the kernel says, in whatever way this host mounts them.</summary>
internal static class Cgroups
{
    /// <summary>Content of a file of the group that limits a process.</summary>
    public static string Read(int pid, string controller, string version2, string version1)
    {
        var own = Folder(pid, controller) is { } folder ? Path.Combine(folder, version1) : Path.Combine(Folder(pid, "")!, version2);
        return File.ReadAllLines(own)[0];
    }

    /// <summary>The group that holds the whole tree of a process.</summary>
    public static string Tree(int pid) => Folder(pid, "") is { } unified && unified.Contains("/myapp-", StringComparison.Ordinal) ? unified : Folder(pid, "freezer")!;

    public static List<int> Pids(string folder) =>
        [.. File.ReadAllLines(Path.Combine(folder, "cgroup.procs")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];

    // 4:memory:/x in /proc/PID/cgroup; … /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory in mountinfo.
    private static string? Folder(int pid, string controller)
    {
        var path = File.ReadAllLines($"/proc/{pid}/cgroup").Select(l => l.Split(':', 3)).FirstOrDefault(p => p[1].Split(',').Contains(controller))?[2];
        foreach (var line in File.ReadAllLines("/proc/self/mountinfo").Where(_ => path is not null))
        {
            var halves = line.Split(" - ");
            var type = halves[1].Split(' ');
            if (controller.Length == 0 ? type[0] == "cgroup2" : type[0] == "cgroup" && type[2].Split(',').Contains(controller))
                return halves[0].Split(' ')[4] + path;
        }

        return null;
    }
}
