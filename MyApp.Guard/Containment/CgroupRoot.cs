using System.Globalization;
using MyApp.Guard.Native;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Containment;

/// <summary>A group of the guard's own in some hierarchy, below which its instances have theirs.</summary>
internal sealed record CgroupBase(int Version, string Folder);

/// <summary>
/// What this host lets the guard do with control groups: one hierarchy to hold on to all processes of an instance (version 2, else the
/// freezer of version 1, else any), and for each of memory, cpu and pids the one that limits it. The two versions may be mixed.
/// </summary>
internal sealed class CgroupRoot
{
    /// <summary>Where the guard goes itself, as a group of version 2 with controllers may hold groups or processes; systemd's DelegateSubgroup= may name it.</summary>
    private const string OwnLeaf = "myapp-guard";

    private const int Looks = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly string name;
    private readonly IReadOnlyList<int> own;
    private readonly Dictionary<string, CgroupBase> controllers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> reasons = new(StringComparer.Ordinal);

    private CgroupRoot(string name, IReadOnlyList<int> own) => (this.name, this.own) = (name, own);

    /// <summary>Null: none can be had.</summary>
    public CgroupBase? Tree { get; private set; }

    /// <param name="dataFolder">Tells the guards of one host apart.</param>
    /// <param name="keeper">Pid of the one process that goes where the guard goes; null: there is none.</param>
    public static CgroupRoot Open(string dataFolder, int? keeper) => Open(dataFolder, keeper, CgroupHierarchy.Of());

    internal static CgroupRoot Open(string dataFolder, int? keeper, IReadOnlyList<CgroupHierarchy> hierarchies)
    {
        var root = new CgroupRoot($"myapp-{Fnv1a.Hash(dataFolder):x8}", keeper is { } parent ? [Environment.ProcessId, parent] : [Environment.ProcessId]);
        if (hierarchies.FirstOrDefault(h => h.Version == 2) is { } unified)
            root.OpenUnified(unified.Folder);
        foreach (var controller in CgroupLimit.Controllers)
        {
            if (!root.controllers.ContainsKey(controller) && root.OpenVersion1(hierarchies, controller) is { } opened)
                root.controllers[controller] = opened;
        }

        root.Tree ??= root.OpenVersion1(hierarchies, "freezer") ?? root.controllers.Values.FirstOrDefault();
        return root;
    }

    /// <summary>The group of an instance; null where there can be none.</summary>
    /// <param name="leader">A process taken over from a guard that may have had its groups elsewhere.</param>
    public InstanceCgroup? For(string instance, ResourceLimits asked, int? leader = null)
    {
        if (Tree is not { } tree)
            return null;
        var folder = Path.Combine(tree.Folder, Short(instance));
        if (leader is { } pid)
        {
            var tail = Path.Combine(name, Short(instance));
            folder = CgroupHierarchy.Of(pid).FirstOrDefault(h => h.Version == tree.Version && h.Folder.EndsWith(tail, StringComparison.Ordinal))?.Folder ?? folder;
        }

        var limits = CgroupLimit.Controllers
            .Where(controllers.ContainsKey)
            .Select(c => new InstanceLimits(c, Path.Combine(controllers[c].Folder, Short(instance)), controllers[c].Version, CgroupLimit.For(c, controllers[c].Version, asked)))
            .Where(l => l.Values.Count > 0);
        return new InstanceCgroup(folder, tree.Version, [.. limits], asked.MemoryLimitBytes);
    }

    /// <summary>What the unit asks for and this host does not let the guard enforce, with the reason.</summary>
    public IEnumerable<string> Unenforceable(ResourceLimits asked)
    {
        foreach (var (field, controller, wanted) in new[]
        {
            ("resources.cpuRequestMillicores", "cpu", asked.CpuRequestMillicores is not null),
            ("resources.cpuLimitMillicores", "cpu", asked.CpuLimitMillicores is not null),
            ("resources.memoryRequestBytes", "memory", asked.MemoryRequestBytes is not null),
            ("resources.memoryLimitBytes", "memory", asked.MemoryLimitBytes is not null),
            ("resources.pids", "pids", asked.Pids is not null),
        })
        {
            if (wanted && !controllers.ContainsKey(controller))
                yield return $"{field} ({reasons.GetValueOrDefault(controller, $"there is no cgroup controller {controller}")})";
        }
    }

    /// <summary>Ends what a guard before this one has left of instances that are not known any more, and removes their groups.</summary>
    public async Task RemoveLeftOversAsync(IReadOnlySet<string> known, TimeProvider clock)
    {
        var names = known.Select(Short).ToHashSet(StringComparer.Ordinal);
        var left = Bases.SelectMany(Groups).Where(f => !names.Contains(Path.GetFileName(f))).ToList();
        if (Tree is { } tree)
        {
            foreach (var folder in left.Where(f => Path.GetDirectoryName(f) == tree.Folder))
                new InstanceCgroup(folder, tree.Version, [], null).Kill();
        }

        // What has got SIGKILL takes a moment to go.
        for (var look = 0; look < Looks && left.RemoveAll(CgroupFile.Remove) >= 0 && left.Count > 0; look++)
            await Task.Delay(Look, clock, CancellationToken.None);
    }

    /// <summary>Removes the guard's own groups, as far as they are empty.</summary>
    public void Remove()
    {
        foreach (var own in Bases)
            CgroupFile.Remove(own.Folder);
    }

    private IEnumerable<CgroupBase> Bases => (Tree is { } tree ? controllers.Values.Prepend(tree) : controllers.Values).Distinct();

    private static IEnumerable<string> Groups(CgroupBase own) => Directory.Exists(own.Folder) ? Directory.EnumerateDirectories(own.Folder).ToList() : [];

    private void OpenUnified(string folder)
    {
        var above = Path.GetFileName(folder) == OwnLeaf ? Path.GetDirectoryName(folder)! : folder;
        var mine = Path.Combine(above, name);
        if (Make(mine) is { } refused)
        {
            foreach (var controller in CgroupLimit.Controllers)
                reasons[controller] = $"cgroup v2: {refused}";
            return;
        }

        Tree = new CgroupBase(2, mine);
        var offered = (CgroupFile.Read(above, "cgroup.controllers") ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        foreach (var controller in CgroupLimit.Controllers.Intersect(offered))
            Enable(controller, above, mine);
    }

    private void Enable(string controller, string above, string mine)
    {
        try
        {
            // The root of all, which alone has no cgroup.type, may hold processes beside groups.
            if (File.Exists(Path.Combine(above, "cgroup.type")))
                MoveTo(Path.Combine(above, OwnLeaf));
            CgroupFile.Write(above, "cgroup.subtree_control", $"+{controller}");
            CgroupFile.Write(mine, "cgroup.subtree_control", $"+{controller}");
            controllers[controller] = Tree!;
        }
        catch (NativeException e)
        {
            reasons[controller] = $"cgroup v2: {e.Message}";
        }
    }

    private void MoveTo(string leaf)
    {
        if (Make(leaf) is not null)
            return;
        foreach (var pid in own)
            CgroupFile.Write(leaf, "cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
    }

    private CgroupBase? OpenVersion1(IReadOnlyList<CgroupHierarchy> hierarchies, string controller)
    {
        if (hierarchies.FirstOrDefault(h => h.Version == 1 && h.Controllers.Contains(controller)) is not { } hierarchy)
            return null;
        var mine = Path.Combine(hierarchy.Folder, name);
        if (Make(mine) is not { } refused)
            return new CgroupBase(1, mine);
        reasons[controller] = $"cgroup v1: {refused}";
        return null;
    }

    // Returns why not.
    private static string? Make(string folder)
    {
        if (Libc.mkdir(folder, 0b111_101_101) == 0)
            return null;
        var refused = NativeException.Last($"mkdir {folder}");
        return refused.Errno == EEXIST ? null : refused.Message;
    }

    // A folder's name is at most 255 bytes, and environment, service and release together may be more.
    private static string Short(string instance) => instance.Length <= 200 ? instance : $"{instance[..190]}~{Fnv1a.Hash(instance):x8}";
}
