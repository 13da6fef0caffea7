using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Hosting.Engine.Dashboard.Grpc;
using MyApp.Hosting.Engine.Dashboard.Resources;
using MyApp.Hosting.Engine.States;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>The resource service over the engine's own state, logs and commands, and nothing that runs.</summary>
public sealed class ResourceServiceFixture : IAsyncLifetime
{
    public const string Key = "key-for-tests";
    public const string Secret = "s3cret-pa55word";

    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ServiceProvider services = new ServiceCollection().BuildServiceProvider();
    private GrpcServer? server;

    public ResourceServiceFixture()
    {
        Notifications = new ResourceNotificationService(lifetime, new SnapshotFactory(TimeProvider.System, services));
        Logs = new ResourceLoggerService(TimeProvider.System, resource => resource.Name);
        Commands = new ResourceCommandService(Notifications, Logs, services);
    }

    internal ResourceNotificationService Notifications { get; }

    internal ResourceLoggerService Logs { get; }

    internal ResourceCommandService Commands { get; }

    internal Uri Url => server!.Url;

    public async ValueTask InitializeAsync()
    {
        var service = new DashboardService("Orders", Notifications, Logs, Commands, new SecretMask(() => [Secret]));
        server = new GrpcServer(service.Methods, new ApiKey(Key).IsIn, port: 0, NullLoggerFactory.Instance);
        await server.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Notifications.Dispose();
        Logs.Dispose();
        await services.DisposeAsync();
    }

    internal sealed class Thing(string name) : Resource(name);
}
