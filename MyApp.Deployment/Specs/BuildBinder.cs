using System.Text.RegularExpressions;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Specs;

/// <summary>The <c>build</c> section and the pins of <c>policy</c>.</summary>
internal static partial class BuildBinder
{
    private const string BelowShape = "a path below this file's folder, without '..'";

    public static BuildSpec Bind(SpecSection build, SpecSection policy)
    {
        var words = BuildSpec.Toolchains.Select((name, at) => (name, at)).ToArray();
        var toolchain = build.Word("toolchain", words) is { } index ? BuildSpec.Toolchains[index] : null;
        RefuseForeign(build, toolchain);
        return new()
        {
            Toolchain = toolchain,
            Source = build.Checked("source", IsBelow, BelowShape) ?? ".",
            Main = build.Checked("main", IsBelow, BelowShape) ?? ".",
            Platforms = BindPlatforms(build),
            Flags = BindFlags(build.Section("flags")),
            Upx = build.Section("slim").Checked("upx", IsUpx, "off, on, a level from 1 to 9, or best") is { } level and not ("off" or "false") ? level : null,
            Strip = build.Section("slim").Switch("strip") ?? true,
            Run = BindCommand(build, toolchain),
            File = BindPrebuilt(build, toolchain),
            Env = BindEnv(build.Section("env")),
            Limits = BindLimits(build.Section("limits")),
            Pins = BindPins(policy.Section("deps")),
        };
    }

    private static IReadOnlyList<string> BindPlatforms(SpecSection build)
    {
        var platforms = build.Texts("platforms") ?? [];
        foreach (var platform in platforms.Where(platform => !Platforms.Known.Contains(platform, StringComparer.Ordinal)))
        {
            var all = string.Join(", ", Platforms.Known);
            build.RefuseValue("platforms", $"unknown platform '{platform}'", Nearest.To(platform, Platforms.Known) is { } near ? $"did you mean {near}? (one of {all})" : $"write one of {all}");
        }

        return [.. platforms.Distinct(StringComparer.Ordinal)];
    }

    private static BuildFlags BindFlags(SpecSection flags)
    {
        var ldflags = flags.Texts("ldflags") ?? [];
        foreach (var flag in ldflags.Where(flag => !flag.StartsWith('-') || !GoWords.CanQuote(flag)))
            flags.RefuseValue("ldflags", $"'{flag}' is no flag of the linker", "write each as its own text, e.g. [-linkmode=external, \"-extldflags=-static\"]");
        foreach (var flag in ldflags)
            SpecPlaceholders.RefuseAny(flag, flags, "ldflags");
        return new()
        {
            Tags = flags.Texts("tags") ?? [],
            Cgo = flags.Switch("cgo") ?? false,
            Rebuild = flags.Switch("rebuild") ?? false,
            Ldflags = ldflags,
            Variables = BindVariables(flags.Section("variables")),
            Trim = flags.Switch("trim"),
            Aot = flags.Switch("aot") ?? false,
        };
    }

    private static SortedDictionary<string, string> BindVariables(SpecSection section)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in section.Map.Entries)
        {
            if (!GoVariable().IsMatch(entry.Key))
                section.RefuseValue(entry.Key, $"'{entry.Key}' is no variable of a Go package", "write it as main.version or example.com/orders/build.Version");
            else if (section.Checked(entry.Key, text => GoWords.CanQuote($"{entry.Key}={text}"), "a text of one line that does not hold both kinds of quotes") is { } value)
                SpecPlaceholders.RefuseAny(variables[entry.Key] = value, section, entry.Key);
        }

        return variables;
    }

    private static CommandBuild? BindCommand(SpecSection build, string? toolchain)
    {
        var args = build.Texts("command") ?? [];
        var output = build.Checked("output", IsBelow, BelowShape);
        var (tools, network) = (build.Texts("tools") ?? [], build.Switch("network") ?? true);
        if (toolchain != BuildSpec.Command)
            return null;
        if (args.Count == 0 || args[0].Length == 0)
            build.Refuse(build.Has("command") ? "command" : "", "the toolchain 'command' needs a command", "write command: [make, orders]; there is no shell");
        if (!build.Has("output"))
            build.Refuse("", "the toolchain 'command' needs the name of what it makes", "write output: orders");
        return new(args, output ?? "", tools, network);
    }

    private static PrebuiltFile? BindPrebuilt(SpecSection build, string? toolchain)
    {
        var path = build.Checked("file", IsBelow, BelowShape);
        var member = build.Checked("member", IsBelow, "the name of the executable in the archive");
        var digests = BindDigests(build.Section("digests"));
        if (toolchain != BuildSpec.Prebuilt)
            return null;
        if (!build.Has("file"))
            build.Refuse("", "the toolchain 'prebuilt' needs a file", "write file: dist/orders");
        if (path is not null && member is null && IsArchive(path))
            build.Refuse("file", $"'{path}' is an archive", "say with member: which file of it is the executable");
        return new(path ?? "", member, digests);
    }

    private static SortedDictionary<string, string> BindDigests(SpecSection digests)
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in digests.Map.Entries)
        {
            if (!Platforms.Known.Contains(entry.Key, StringComparer.Ordinal))
                digests.RefuseValue(entry.Key, $"unknown platform '{entry.Key}'", $"write one of {string.Join(", ", Platforms.Known)}");
            if (digests.Checked(entry.Key, Digests.IsValid, "sha256: and 64 hexadecimal digits, as sha256sum prints them") is { } digest)
                expected[entry.Key] = digest;
        }

        return expected;
    }

    // A key that the toolchain would not look at does nothing, and whoever wrote it expects something.
    private static void RefuseForeign(SpecSection build, string? toolchain)
    {
        (string Key, string Toolchain)[] owned =
            [("command", BuildSpec.Command), ("output", BuildSpec.Command), ("tools", BuildSpec.Command), ("network", BuildSpec.Command),
                ("file", BuildSpec.Prebuilt), ("member", BuildSpec.Prebuilt), ("digests", BuildSpec.Prebuilt)];
        foreach (var (key, owner) in owned.Where(pair => build.Has(pair.Key) && pair.Toolchain != toolchain))
            build.Refuse(key, $"{build.PathOf(key)} is only for the toolchain '{owner}'", $"add toolchain: {owner}, or remove it");
        if (toolchain is null)
            return;
        var flags = build.Section("flags");
        (string Key, string Owner)[] flagged =
            [("cgo", BuildSpec.Go), ("rebuild", BuildSpec.Go), ("ldflags", BuildSpec.Go), ("variables", BuildSpec.Go), ("trim", BuildSpec.Dotnet), ("aot", BuildSpec.Dotnet)];
        foreach (var (key, owner) in flagged.Where(pair => flags.Has(pair.Key) && pair.Owner != toolchain))
            flags.Refuse(key, $"{flags.PathOf(key)} is only for the toolchain '{owner}'", "remove it");
    }

    private static SortedDictionary<string, string> BindEnv(SpecSection env)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in env.Map.Entries)
        {
            if (!Names.IsVariable(entry.Key))
                env.RefuseValue(entry.Key, $"'{entry.Key}' is no name of an environment variable", "letters, digits and _, not beginning with a digit");
            else if (env.Text(entry.Key) is { } text)
                SpecPlaceholders.RefuseAny(values[entry.Key] = text, env, entry.Key);
        }

        return values;
    }

    private static BuildLimits BindLimits(SpecSection limits)
    {
        var defaults = new BuildLimits();
        return new()
        {
            Time = limits.Duration("time", TimeSpan.FromSeconds(1)) ?? defaults.Time,
            Memory = limits.Size("memory", 16L << 20, "a size of at least 16Mi such as 2Gi"),
            Output = limits.Size("output", 1L << 20, "a size of at least 1Mi such as 512Mi") ?? defaults.Output,
        };
    }

    private static SortedDictionary<string, string> BindPins(SpecSection deps)
    {
        var pins = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in deps.Map.Entries)
        {
            if (deps.Text(entry.Key) is { } version)
                pins[entry.Key] = version;
        }

        return pins;
    }

    private static bool IsArchive(string path) => path.EndsWith(".tar.gz", StringComparison.Ordinal) || path.EndsWith(".tgz", StringComparison.Ordinal);

    private static bool IsUpx(string text) => text is "off" or "on" or "true" or "false" or "best" || (text.Length == 1 && text[0] is >= '1' and <= '9');

    private static bool IsBelow(string path) =>
        !Path.IsPathRooted(path) && path.Length is > 0 and < 1024 && !path.Split('/', '\\').Contains("..") && !path.StartsWith('-') && !path.Any(char.IsControl);

    [GeneratedRegex(@"^[A-Za-z0-9._~/-]+\.[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex GoVariable();
}
