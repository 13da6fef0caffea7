using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>What a program is told: its arguments and its environment, each with its path.</summary>
internal static class WrittenValues
{
    public static IEnumerable<WrittenValue> Of(ServiceSpec spec) => Args(spec).Concat(Env(spec));

    /// <summary>An argument <c>--key=value</c> has a name; any other has none.</summary>
    public static IEnumerable<WrittenValue> Args(ServiceSpec spec) => spec.Run.Args.Select((arg, i) =>
    {
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        return arg.StartsWith('-') && equals > 0
            ? new WrittenValue($"run.args[{i}]", arg[..equals].TrimStart('-'), arg[(equals + 1)..])
            : new WrittenValue($"run.args[{i}]", "", arg);
    });

    public static IEnumerable<WrittenValue> Env(ServiceSpec spec) => spec.Run.Env.Select(pair => new WrittenValue($"run.env.{pair.Key}", pair.Key, pair.Value));
}

/// <param name="Path">In the spec.</param>
/// <param name="Name">Of the variable or the option; empty: none.</param>
internal sealed record WrittenValue(string Path, string Name, string Value)
{
    /// <summary>Compared without regard to case and to what stands between words: <c>MANAGEMENT_PORT</c> is <c>management.port</c>.</summary>
    public string Key => new([.. Name.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
}
