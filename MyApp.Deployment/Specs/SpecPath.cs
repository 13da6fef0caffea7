namespace MyApp.Deployment.Specs;

/// <summary>Dotted paths of keys, as problems and diagnostics name them.</summary>
internal static class SpecPath
{
    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
