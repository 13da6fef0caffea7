using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Containment;

/// <summary>One controller's group of an instance and what it is to hold.</summary>
internal sealed record InstanceLimits(string Controller, string Folder, int Version, IReadOnlyList<CgroupLimit> Values);

/// <summary>
/// The control groups of one instance: <paramref name="folder"/> holds all its processes, whatever they do; those of
/// <paramref name="limits"/> limit them. They stay over a restart and go when the instance has come to rest.
/// </summary>
internal sealed class InstanceCgroup(string folder, int version, IReadOnlyList<InstanceLimits> limits, long? memoryLimit)
{
    private bool made;

    // cgroup.kill was written. What is born in the group afterwards is killed at once: the kernel compares its count of kills with that of
    // the group of the parent (cgroup_css_set_fork, seen in Linux 6.18). A group made anew has none.
    private volatile bool killed;

    private string? MemoryFolder => limits.FirstOrDefault(l => l.Controller == "memory")?.Folder;

    /// <summary>In words, e.g. <c>cgroup v2: tree; cgroup v1: memory, pids</c>.</summary>
    public string Enforcement
    {
        get
        {
            var work = limits.Select(l => (l.Version, Name: l.Controller)).Prepend((version, "tree"));
            return string.Join("; ", work.GroupBy(w => w.Item1).Select(g => $"cgroup v{g.Key}: {string.Join(", ", g.Select(w => w.Item2))}"));
        }
    }

    /// <summary>Makes the groups, sets their limits, and opens them for a new process.</summary>
    /// <exception cref="NativeException">The kernel refuses a limit.</exception>
    public CgroupEntry Enter()
    {
        // Not at every restart: each limit is a file to open, and time until the program answers again.
        if (!made || killed)
            MakeAll();
        made = true;
        var tasks = limits.Where(l => l.Version == 1 && l.Folder != folder).Select(l => Open(l.Folder, "tasks"));
        if (version == 1)
            return new CgroupEntry(null, [.. tasks, Open(folder, "tasks")]);
        return killed
            ? new CgroupEntry(null, [.. tasks, Open(folder, "cgroup.procs")])
            : new CgroupEntry(Fd.Open(folder, O_RDONLY | O_DIRECTORY), [.. tasks]);
    }

    /// <summary>Whether a process is left that is more than a zombie.</summary>
    public bool IsEmpty => CgroupFile.Number(folder, "cgroup.events", "populated") == 0 || Members().Count == 0;

    public List<ProcessStat> Members() => [.. CgroupFile.Pids(folder).Select(ProcFs.Stat).OfType<ProcessStat>().Where(p => !p.IsZombie)];

    /// <summary>SIGKILL to everything in it; nothing that is being forked meanwhile gets away.</summary>
    public void Kill()
    {
        if (version == 2 && TryWrite("cgroup.kill", "1"))
        {
            killed = true;
            return;
        }

        // A kernel before 5.14, or version 1: what is frozen neither forks nor ends, so its pid stays its own.
        Freeze(true);
        foreach (var pid in CgroupFile.Pids(folder))
            _ = Libc.kill(pid, SIGKILL);
        Freeze(false);
    }

    /// <summary>How often the kernel has killed one of it for want of memory; null where nobody counts.</summary>
    public long? OutOfMemoryKills() => MemoryFolder is not { } memory ? null
        : CgroupFile.Number(memory, "memory.events", "oom_kill") ?? CgroupFile.Number(memory, "memory.oom_control", "oom_kill");

    /// <summary>E.g. <c>out of memory (limit 64 MiB)</c>.</summary>
    public string OutOfMemoryWords() => memoryLimit is { } limit
        ? $"out of memory (limit {(limit / 1024d / 1024d).ToString("0.#", CultureInfo.InvariantCulture)} MiB)" : "out of memory";

    /// <summary>Bytes in use without file pages that could be dropped at once; null without a memory controller.</summary>
    public long? MemoryBytes()
    {
        if (MemoryFolder is not { } memory)
            return null;
        var used = CgroupFile.Number(memory, "memory.current") ?? CgroupFile.Number(memory, "memory.usage_in_bytes");
        var idle = CgroupFile.Number(memory, "memory.stat", "total_inactive_file") ?? CgroupFile.Number(memory, "memory.stat", "inactive_file");
        return used is { } bytes ? Math.Max(0, bytes - (idle ?? 0)) : null;
    }

    /// <summary>Processor time of everything that ever ran in it; null where nobody counts.</summary>
    public TimeSpan? CpuTime() => CgroupFile.Number(folder, "cpu.stat", "usage_usec") is { } used ? TimeSpan.FromMicroseconds(used) : null;

    /// <summary>Removes the groups; call it when nothing runs in them.</summary>
    public void Remove()
    {
        made = false;
        foreach (var path in limits.Select(l => l.Folder).Append(folder).Distinct(StringComparer.Ordinal))
            CgroupFile.Remove(path);
    }

    private void MakeAll()
    {
        // A guard before us may have started something here and died before it wrote that down.
        if (!IsEmpty)
            Kill();
        killed = !CgroupFile.Remove(folder);
        Make(folder);
        foreach (var limit in limits)
        {
            Make(limit.Folder);
            foreach (var value in limit.Values)
                Set(limit.Folder, value);
        }
    }

    private static void Make(string path) =>
        NativeException.ThrowIf(Libc.mkdir(path, 0b111_101_101) < 0 && Marshal.GetLastPInvokeError() != EEXIST, $"mkdir {path}");

    private static void Set(string path, CgroupLimit limit)
    {
        try
        {
            CgroupFile.Write(path, limit.File, limit.Value);
        }
        catch (NativeException e) when (limit.Optional && e.Errno == ENOENT)
        {
        }
    }

    private static SafeFileHandle Open(string path, string file) => Fd.Open(Path.Combine(path, file), O_WRONLY);

    private void Freeze(bool frozen)
    {
        if (version == 2)
            TryWrite("cgroup.freeze", frozen ? "1" : "0");
        else
            TryWrite("freezer.state", frozen ? "FROZEN" : "THAWED");
    }

    private bool TryWrite(string name, string text)
    {
        try
        {
            CgroupFile.Write(folder, name, text);
            return true;
        }
        catch (NativeException)
        {
            return false;
        }
    }
}

/// <summary>Open groups a new process is to go into.</summary>
internal sealed record CgroupEntry(SafeFileHandle? Folder, IReadOnlyList<SafeFileHandle> Tasks) : IDisposable
{
    public void Dispose()
    {
        Folder?.Dispose();
        foreach (var file in Tasks)
            file.Dispose();
    }
}
