using System.Text;

namespace MyApp.Cli.Commands;

/// <summary>The first myapp.yaml of a project, from what lies in its folder.</summary>
/// <param name="Toolchain">Null where none was recognised.</param>
internal sealed record StarterSpec(string Service, string? Toolchain, string Text)
{
    private const int MostName = 63;

    public static StarterSpec Detect(string folder, string? service)
    {
        var name = service ?? NameFrom(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)));
        var build = StarterBuild.Detect(folder, name);
        return new StarterSpec(name, build.Toolchain, Write(name, build));
    }

    /// <summary>A folder's name as a service's: <c>Orders API</c> becomes <c>orders-api</c>.</summary>
    public static string NameFrom(string folder)
    {
        var name = new StringBuilder();
        foreach (var c in folder.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }

        var text = name.ToString().TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-').TrimEnd('-');
        return text.Length == 0 ? "app" : text[..Math.Min(text.Length, MostName)].TrimEnd('-');
    }

    private static string Write(string service, StarterBuild build) => $$"""
        # What {{service}} is and how it runs. Everything not said has a default; "myapp plan" shows the result.
        service: {{service}}

        {{(build.Toolchain is null ? "# How it is built: go, dotnet, command or prebuilt.\n# build: { toolchain: go }" : $"build: {build.Yaml}")}}

        # Reaches the process as PORT{{(build.Toolchain == "dotnet" ? " and ASPNETCORE_URLS" : "")}}; clients connect to it on loopback.
        port: 8080

        # Only a release whose readiness answers 2xx gets traffic. Without this, running counts as ready.
        # health:
        #   readiness: { http: /health/ready }

        {{(build.Args.Count == 0 ? "# run:\n#   env: { LOG_LEVEL: info }" : $"run:\n  args: [{string.Join(", ", build.Args.Select(StarterBuild.Quoted))}]")}}

        """;
}
