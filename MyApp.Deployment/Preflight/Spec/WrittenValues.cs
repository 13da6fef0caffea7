using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>What a program is told: its arguments, its environment and its application's values, each with its path.</summary>
internal static class WrittenValues
{
    public static IEnumerable<WrittenValue> Of(ServiceSpec spec) => Args(spec).Concat(Env(spec)).Concat(App(spec));

    /// <summary>An argument <c>--key=value</c> has a name; any other has none.</summary>
    public static IEnumerable<WrittenValue> Args(ServiceSpec spec) => spec.Run.Args.Select((arg, i) =>
    {
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        return arg.StartsWith('-') && equals > 0
            ? new WrittenValue($"run.args[{i}]", arg[..equals].TrimStart('-'), arg[(equals + 1)..])
            : new WrittenValue($"run.args[{i}]", "", arg);
    });

    public static IEnumerable<WrittenValue> Env(ServiceSpec spec) => spec.Run.Env.Select(pair => new WrittenValue($"run.env.{pair.Key}", pair.Key, pair.Value));

    public static IEnumerable<WrittenValue> App(ServiceSpec spec) => spec.Config.Values.Select(pair => new WrittenValue($"{RemoteKeys.Application}{pair.Key}", pair.Key, pair.Value.Text));

    /// <summary>The variables of the program, whichever section they come from.</summary>
    public static IEnumerable<WrittenValue> Variables(ServiceSpec spec) =>
        Env(spec).Concat(spec.Config.AsVariables ? spec.Config.Variables.Select(each => new WrittenValue($"{RemoteKeys.Application}{each.Key}", each.Variable, each.Value.Text)) : []);
}

/// <param name="Path">In the spec.</param>
/// <param name="Name">Of the variable or the option; empty: none.</param>
internal sealed record WrittenValue(string Path, string Name, string Value)
{
    /// <summary>Compared without regard to case and to what stands between words: <c>MANAGEMENT_PORT</c> is <c>management.port</c>.</summary>
    public string Key => new([.. Name.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
}
