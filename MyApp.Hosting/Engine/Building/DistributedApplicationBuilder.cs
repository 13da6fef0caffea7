using System.Reflection;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine;
using MyApp.Hosting.Engine.Testing;

namespace Aspire.Hosting;

public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder host;
    private readonly TestedBuild? tested;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        tested = TestedBuild.Current;
        tested?.Configure(options);
        var arguments = AppHostArguments.Parse(options.Args ?? []);
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(new AssemblyName(name)) : tested?.Assembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? AppHostProject.DirectoryOf(AppHostAssembly) ?? Directory.GetCurrentDirectory();
        host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = [.. arguments.Rest],
            ContentRootPath = AppHostDirectory,
            ApplicationName = AppHostAssembly?.GetName().Name ?? "AppHost",
            EnvironmentName = arguments.Environment,
        });
        if (tested is not null)
            TestedBuild.Configure(host);
        Operation = arguments.Operation;
        ExecutionContext = new DistributedApplicationExecutionContext(Operation, arguments.Publisher);
        EngineServices.Add(host, this, arguments, options);
    }

    public ConfigurationManager Configuration => host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => host.Environment;

    public IServiceCollection Services => host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    private DistributedApplicationOperation Operation { get; }

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (Resources.TryGetByName(resource.Name, out var other))
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{other.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => new DistributedApplicationResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        if (tested is not null)
            return tested.Built(this, BuildNow);
        return BuildNow();
    }

    private DistributedApplication BuildNow()
    {
        var built = host.Build();
        ExecutionContext.ServiceProvider = built.Services;
        return new DistributedApplication(built, tested);
    }
}
