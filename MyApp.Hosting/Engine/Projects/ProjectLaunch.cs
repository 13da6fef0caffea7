using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MyApp.Hosting.Engine.Projects;

/// <summary>What a project's launch profile and its being a .NET program add to its resource.</summary>
internal static class ProjectLaunch
{
    /// <summary>Stands for the AppHost's own profile where the project has one of that name, else its first.</summary>
    public const string DefaultProfile = "\0default";

    private static readonly JsonSerializerOptions Json = new()
    {
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static IResourceBuilder<ProjectResource> Apply(IResourceBuilder<ProjectResource> project, IProjectMetadata metadata, string? profileName)
    {
        var profile = Profile(project.ApplicationBuilder, Read(metadata), profileName);
        foreach (var url in (profile?.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            AddEndpoint(project, new Uri(url));
        AddDotnetVariables(project);
        if (project.ApplicationBuilder.ExecutionContext.IsPublishMode)
            Publish(project, hasUrls: profile?.ApplicationUrl is not null);
        else
            Run(project, profile);
        return project;
    }

    private static LaunchSettings? Read(IProjectMetadata metadata)
    {
        if (metadata.LaunchSettings is { } given)
            return given;
        var file = Path.Combine(Path.GetDirectoryName(metadata.ProjectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Json);
        }
        catch (JsonException problem)
        {
            throw new DistributedApplicationException($"Failed to parse the launch settings file '{file}': {problem.Message}", problem);
        }
    }

    private static LaunchProfile? Profile(IDistributedApplicationBuilder builder, LaunchSettings? settings, string? name)
    {
        var projects = (settings?.Profiles ?? []).Where(p => p.Value.CommandName == "Project").ToList();
        if (name != DefaultProfile)
            return projects.FirstOrDefault(p => p.Key == name).Value;
        var own = builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"];
        return projects.FirstOrDefault(p => p.Key == own).Value ?? projects.FirstOrDefault().Value;
    }

    private static void AddEndpoint(IResourceBuilder<ProjectResource> project, Uri url) => project.WithEndpoint(url.Scheme, e =>
    {
        e.UriScheme = url.Scheme;
        e.Transport = "http";
        e.TargetHost = url.Host;
        // In a manifest the platform chooses: a port of the developer's machine says nothing there.
        e.Port = project.ApplicationBuilder.ExecutionContext.IsRunMode ? url.Port : null;
    });

    private static void AddDotnetVariables(IResourceBuilder<ProjectResource> project) => project.WithEnvironment(context =>
    {
        var environment = context.EnvironmentVariables;
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EXCEPTION_LOG_ATTRIBUTES"] = "true";
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES"] = "true";
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
    });

    private static void Publish(IResourceBuilder<ProjectResource> project, bool hasUrls)
    {
        if (!hasUrls)
            return;
        // A platform in front of the project ends TLS, so both are published, as azd expects; the process itself listens on HTTP.
        project.WithEndpoint("http", e => (e.UriScheme, e.Transport) = ("http", "http"));
        project.WithEndpoint("https", e => (e.UriScheme, e.Transport) = ("https", "http"));
        project.WithEnvironment("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true");
        project.WithEnvironment(context =>
            context.EnvironmentVariables["HTTP_PORTS"] = project.GetEndpoint("http").Property(EndpointProperty.TargetPort));
    }

    private static void Run(IResourceBuilder<ProjectResource> project, LaunchProfile? profile)
    {
        var variables = profile?.EnvironmentVariables ?? [];
        project.WithEnvironment(context =>
        {
            foreach (var (name, value) in variables)
                context.EnvironmentVariables[name] = value;
            var urls = project.Resource.GetEndpoints().Where(e => e.IsHttp || e.IsHttps).Select(e => e.Url).ToList();
            if (urls.Count > 0)
                context.EnvironmentVariables["ASPNETCORE_URLS"] = string.Join(';', urls);
        });
        if (string.IsNullOrWhiteSpace(profile?.CommandLineArgs))
            return;
        foreach (var word in profile.CommandLineArgs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            project.WithArgs(word);
    }
}
