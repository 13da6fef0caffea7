using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Specs;

/// <summary>The documented example of every key.</summary>
public static class SpecReference
{
    public const string FileName = "reference.yaml";
    private static readonly Lazy<KeySchema> Schema = new(MakeSchema);
    private static readonly Lazy<KeySchema> OverlaySchema = new(() => Schema.Value.Without("service", "services", "environments"));

    public static string ReadText()
    {
        using var stream = typeof(SpecReference).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Of the keys that layers other than the file may have.</summary>
    internal static KeySchema ReadOverlaySchema() => OverlaySchema.Value;

    /// <summary>Read once; nobody changes it.</summary>
    internal static KeySchema ReadSchema() => Schema.Value;

    private static KeySchema MakeSchema()
    {
        var problems = new List<SpecProblem>();
        var root = YamlTree.Read(ReadText(), FileName, problems);
        if (root is null || problems.Count > 0)
            throw new InvalidOperationException($"the embedded {FileName} is broken: {string.Join(", ", problems)}");
        var file = KeySchema.From(root);
        file.Set("app", KeySchema.FreeMap());
        var overlay = file.Without("service", "services", "environments");
        // Beside them an overlay says what holds for the environment itself.
        foreach (var (key, value) in file.Keys["environments"].Any!.Keys)
            overlay.Set(key, value);
        var environments = KeySchema.ForAnyKey(overlay);
        var service = file.Without("services", "environments");
        service.Set("environments", environments);
        file.Set("environments", environments);
        file.Set("services", KeySchema.ForList(service));
        return file;
    }
}
