using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Secrets;

/// <summary>
/// References in a unit's environment and in its application's values: pinned to versions when its release is made, and replaced by the values in the moment the unit is
/// handed to the target. Nothing that is stored, shown or rendered in between holds a value.
/// </summary>
public sealed class UnitSecrets(SecretVault vault)
{
    /// <summary>The names of secrets a spec refers to, with the keys that do.</summary>
    public static IEnumerable<(string Name, string Path)> Wanted(ServiceSpec spec) =>
        spec.Run.Env.Select(pair => ($"run.env.{pair.Key}", pair.Value)).Concat(spec.Config.Values.Select(pair => ($"{RemoteKeys.Application}{pair.Key}", pair.Value.Text)))
            .SelectMany(written => SpecPlaceholders.Secrets(written.Item2).Select(name => (name, written.Item1)));

    /// <summary>The newest version of each secret that a spec refers to and that is there.</summary>
    public async Task<IReadOnlyDictionary<string, SecretReference>> PinAsync(ServiceSpec spec, CancellationToken ct)
    {
        var pinned = new SortedDictionary<string, SecretReference>(StringComparer.Ordinal);
        foreach (var name in Wanted(spec).Select(wanted => wanted.Name).Distinct(StringComparer.Ordinal))
        {
            if (await vault.FindAsync(spec.Service, spec.Environment, name, ct) is { } found)
                pinned[name] = new(name, found.Version, found.Scope.Service is not null);
        }

        return pinned;
    }

    /// <summary>The unit with every <c>${secret:NAME}</c> replaced by a reference to a version.</summary>
    public static Unit Pin(Unit unit, IReadOnlyDictionary<string, SecretReference> pinned) =>
        Replace(unit, name => pinned.TryGetValue(name, out var reference) ? $"${{secret:{reference}}}" : null);

    /// <summary>The unit with the references as they were written: what two units are to be compared by, whatever versions they have.</summary>
    public static Unit Unpin(Unit unit) => Replace(unit, name => SecretReference.Parse(name) is { } reference ? $"${{secret:{reference.Name}}}" : null);

    /// <summary>The unit as its process gets it: what a value has of <c>${…}</c> is no placeholder. Goes to the target and nowhere else.</summary>
    /// <exception cref="SecretsUnavailableException">One can't be opened.</exception>
    public async Task<Unit> OpenAsync(Unit unit, CancellationToken ct)
    {
        var opened = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var name in unit.Env.Values.Concat(unit.Config?.Values.Values.Select(value => value.Text) ?? []).SelectMany(SpecPlaceholders.Secrets).Distinct(StringComparer.Ordinal))
        {
            var reference = SecretReference.Parse(name) ?? throw new SecretsUnavailableException($"{unit.Release} refers to the secret {name} without a version: ship it again");
            opened[name] = await vault.OpenAsync(reference, unit.Service, unit.Environment, unit.Release, ct);
        }

        return opened.Count == 0 ? unit : Replace(unit, name => Placeholders.Escape(opened[name].Reveal()));
    }

    private static Unit Replace(Unit unit, Func<string, string?> value) => unit with
    {
        Env = new SortedDictionary<string, string>(unit.Env.ToDictionary(pair => pair.Key, pair => SpecPlaceholders.ReplaceSecrets(pair.Value, value)), StringComparer.Ordinal),
        Config = unit.Config is not { } file ? null : file with
        {
            Values = new SortedDictionary<string, ConfigValue>(file.Values.ToDictionary(pair => pair.Key, pair => pair.Value with { Text = SpecPlaceholders.ReplaceSecrets(pair.Value.Text, value) }), StringComparer.Ordinal),
        },
    };
}
