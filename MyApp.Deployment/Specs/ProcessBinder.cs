using System.Globalization;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>What a process is given and denied beside its user.</summary>
internal static class ProcessBinder
{
    private const int MostUmask = 0b111_111_111;
    private const long LeastStack = 64L << 10;

    public static ProcessRule Bind(SpecSection run)
    {
        var defaults = new ProcessRule();
        return new()
        {
            Umask = run.Parsed<int>("umask", Octal, "three or four octal digits such as \"0027\"") ?? defaults.Umask,
            Nice = run.Number("nice", -20, 19),
            OomScoreAdjust = run.Number("oomScoreAdjust", -1000, 1000),
            NoNewPrivileges = run.Switch("noNewPrivileges") ?? defaults.NoNewPrivileges,
            Groups = Groups(run),
            CoreBytes = run.Size("coreSize", 0, "a size such as 0 or 512Mi"),
            LockedBytes = run.Size("lockedMemory", 0, "a size such as 64Ki or 16Mi"),
            StackBytes = run.Size("stackSize", LeastStack, "a size of at least 64Ki such as 8Mi"),
        };
    }

    private static int? Octal(string text)
    {
        if (text.Length is < 3 or > 4 || text.Any(c => c is < '0' or > '7'))
            return null;
        var mask = text.Aggregate(0, (value, digit) => (value * 8) + (digit - '0'));
        return mask <= MostUmask ? mask : null;
    }

    private static IReadOnlyList<string> Groups(SpecSection run)
    {
        var groups = run.Texts("groups") ?? [];
        foreach (var group in groups.Where(group => !Names.IsUser(group) && !uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            run.RefuseValue("groups", $"'{group}' is no name or number of a group", "write groups: [NAME]");
        return groups;
    }
}
