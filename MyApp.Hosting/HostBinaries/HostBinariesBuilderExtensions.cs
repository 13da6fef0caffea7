using Microsoft.Extensions.Configuration;
using MyApp.Deployment.Transport;
using MyApp.Hosting.HostBinaries;

namespace MyApp.Hosting;

/// <summary>
/// The servers MyApp needs, as whatever this machine can run: containers where an engine answers and in publish mode, else the machine's
/// own binaries. The choice is made here, before a container resource exists: without an engine such a resource would never start.
/// </summary>
public static class HostBinariesBuilderExtensions
{
    /// <summary><c>MYAPP_DATA</c> from configuration (a variable or an argument), else the place <see cref="DataFolder.Resolve()"/> names.</summary>
    public static string GetDataFolder(this IDistributedApplicationBuilder builder) =>
        Path.GetFullPath(builder.Configuration[DataFolder.Variable] is { Length: > 0 } data ? data : DataFolder.Resolve());

    /// <summary>A PostgreSQL server with one database.</summary>
    /// <param name="name">The resource that is the server.</param>
    /// <param name="database">The resource that is the database, and its name in the server.</param>
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresDatabase(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, [ResourceName] string database)
    {
        if (builder.UsesContainers())
            return builder.AddPostgres(name).WithDataVolume($"myapp-{name}").AddDatabase(database);
        var installation = PostgresInstallation.Find(builder.Checkout()) ?? throw new DistributedApplicationException(
            "There is no PostgreSQL to run: neither a container engine that answers, nor postgres in the PATH or below /usr/lib/postgresql. " +
            "On Debian: apt-get install postgresql");
        var data = new DataPaths(builder.GetDataFolder());
        var password = builder.AddParameter($"{name}-password", new PersistedSecret(Path.Combine(data.DataFolder, "secrets", name)), secret: true);
        var server = new HostPostgresResource(name, Guard(), installation, data.Postgres, password.Resource);
        var resource = builder.AddResource(server)
            .WithEndpoint(scheme: "tcp", name: HostPostgresResource.EndpointName)
            .WithEndpoint(HostPostgresResource.EndpointName, e => e.TargetHost = "127.0.0.1")
            .WithArgs(context => PostgresCommand.Add(server, context.Args))
            .WithHealthCheck(PostgresChecks.Register(builder, $"{name}_check", server.ConnectionStringExpression))
            .OnBeforeResourceStarted((_, _, ct) => PostgresCluster.PrepareAsync(server, ct))
            .OnResourceReady((_, _, ct) => PostgresChecks.CreateDatabaseAsync(server.ConnectionStringExpression, database, ct))
            .ExcludeFromManifest();
        password.WithParentRelationship(resource.Resource).ExcludeFromManifest();
        var child = new HostPostgresDatabaseResource(database, server);
        return builder.AddResource(child)
            .WithHealthCheck(PostgresChecks.Register(builder, $"{database}_check", child.ConnectionStringExpression))
            .ExcludeFromManifest();
    }

    /// <summary>Redis, or null where there is none to run: MyApp works without it, so a machine without Redis is told and not refused.</summary>
    public static IResourceBuilder<IResourceWithConnectionString>? AddRedisIfPresent(this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        if (builder.UsesContainers())
            return builder.AddRedis(name);
        if (ProgramSearch.Find("redis-server") is not { } program)
        {
            Console.Out.WriteLine($"{name}: there is no redis-server in the PATH, so live state is not shared between replicas (on Debian: apt-get install redis-server)");
            return null;
        }

        var data = new DataPaths(builder.GetDataFolder());
        var password = builder.AddParameter($"{name}-password", new PersistedSecret(Path.Combine(data.DataFolder, "secrets", name)), secret: true);
        var server = new HostRedisResource(name, Guard(), program, data.Redis, password.Resource);
        var resource = builder.AddResource(server)
            .WithEndpoint(scheme: "tcp", name: HostRedisResource.EndpointName)
            .WithEndpoint(HostRedisResource.EndpointName, e => e.TargetHost = "127.0.0.1")
            .WithArgs(context => RedisCommand.Add(server, context.Args))
            .WithHealthCheck(RedisChecks.Register(builder, $"{name}_check", server.PrimaryEndpoint, server.Password))
            .OnBeforeResourceStarted((_, _, ct) => RedisCommand.PrepareAsync(server, ct))
            .ExcludeFromManifest();
        password.WithParentRelationship(resource.Resource).ExcludeFromManifest();
        return resource;
    }

    /// <summary>The guard of this machine, which ends with the application and takes what it runs along.</summary>
    public static IResourceBuilder<ExecutableResource> AddGuard(this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        var data = builder.GetDataFolder();
        return builder.AddExecutable(name, Guard(), ".", "serve", "--data", data, "--tether")
            .WithHealthCheck(GuardChecks.Register(builder, $"{name}_check", data))
            .ExcludeFromManifest();
    }

    private static bool UsesContainers(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsPublishMode
        || (builder.Configuration.GetValue("MyApp:Containers", true) && ContainerEngine.FindAsync(CancellationToken.None).GetAwaiter().GetResult() is not null);

    private static string Checkout(this IDistributedApplicationBuilder builder) => Path.GetDirectoryName(builder.AppHostDirectory) ?? builder.AppHostDirectory;

    private static string Guard() => GuardBinary.Find() ?? throw new DistributedApplicationException(
        $"myapp-guard, which runs every process, is not there: build MyApp.Guard, or set {GuardBinary.Variable} to its path.");
}
