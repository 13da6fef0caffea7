using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>What every kind of package of a service is made from.</summary>
/// <param name="Version">For people and for package managers.</param>
/// <param name="Unit">As the service runs where nobody forwards to it or tells it its port: one copy that listens itself.</param>
/// <param name="Env">The unit's variables with every placeholder filled in.</param>
/// <param name="Notes">What could not be taken along, one line each.</param>
public sealed record PackageContent(
    ServiceSpec Spec, Artifact Artifact, ArtifactStore Store, string Version, Unit Unit, IReadOnlyDictionary<string, string> Env, IReadOnlyList<string> Args,
    IReadOnlyList<string> Notes)
{
    // The only copy there is.
    private const string Instance = "1";

    /// <param name="version">Null: <c>0.0.0+src.</c> and the source's digest.</param>
    public static PackageContent Of(ServiceSpec spec, Artifact artifact, DataPaths paths, string? version)
    {
        var chosen = version ?? $"0.0.0+src.{Digests.Hex(artifact.Source)[..12]}";
        var notes = new List<string>();
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in spec.Run.Env)
        {
            if (SpecPlaceholders.Secrets(value).Any())
                notes.Add($"run.env.{name} holds a secret and is left out: give it where the package runs");
            else
                kept[name] = value;
        }

        var alone = spec with { Socket = SocketMode.None, OnDemand = null, Replicas = 1, Rolling = new(), Run = spec.Run with { Env = kept }, Config = Config(spec.Config, notes) };
        var unit = UnitCompiler.Compile(alone, new ReleaseNumber($"{spec.Service}-{spec.Environment}-{chosen}", 0), artifact.Toolchain, paths).Unit;
        var ports = unit.Ports.ToDictionary(port => port.Name, port => port.Port, StringComparer.Ordinal);
        var main = unit.Ports.Count > 0 ? unit.Ports[0].Name : null;
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in unit.Env)
            env[name] = Placeholders.Fill(value, Instance, ports, main);
        return new(spec, artifact, new(paths.Artifacts), chosen, unit, env, [.. unit.Args.Select(arg => Placeholders.Fill(arg, Instance, ports, main))], notes);
    }

    // The guard makes the file, for the instance it starts.
    private static ConfigSpec Config(ConfigSpec config, List<string> notes)
    {
        if (config.File is { } file)
            notes.Add($"config.deliver: {file.Name} is left out: give it where the package runs, and its path in {file.Variable}");
        var secret = config.Values.Where(pair => SpecPlaceholders.Secrets(pair.Value.Text).Any()).Select(pair => pair.Key).ToList();
        notes.AddRange(secret.Where(_ => config.AsVariables).Select(key => $"app.{key} holds a secret and is left out: give it where the package runs"));
        return config with { File = null, Values = config.Values.Where(pair => !secret.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal) };
    }

    /// <summary>The documents that lie beside the artifact, by the names they have in a package.</summary>
    internal IEnumerable<(string Name, byte[] Bytes)> Documents()
    {
        foreach (var kind in new[] { ArtifactDocuments.Provenance, ArtifactDocuments.Sbom })
        {
            if (ArtifactDocuments.Read(Store, Artifact, kind) is { } bytes)
                yield return (kind, bytes);
        }
    }

    internal Stream OpenExecutable() =>
        Store.Contains(Artifact.Digest) ? File.OpenRead(Store.PathOf(Artifact.Digest)) : throw new InvalidDataException($"the artifact {Artifact.Digest} is not in the store");
}
