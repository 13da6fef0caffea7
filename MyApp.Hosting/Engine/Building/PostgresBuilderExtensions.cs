using MyApp.Hosting.HostBinaries;

namespace Aspire.Hosting;

public static class PostgresBuilderExtensions
{
    private const string Image = "library/postgres";
    private const string Tag = "18.3";
    private const string Registry = "docker.io";

    /// <summary>PostgreSQL in a container.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        if (password is null)
            builder.AddResource(secret);
        var server = new PostgresServerResource(name, userName?.Resource, secret);
        var key = PostgresChecks.Register(builder, $"{name}_check", server.ConnectionStringExpression);
        return builder.AddResource(server)
            .WithEndpoint(port, targetPort: 5432, name: PostgresServerResource.PrimaryEndpointName)
            .WithImage(Image, Tag).WithImageRegistry(Registry)
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment("POSTGRES_USER", server.UserNameReference)
            .WithEnvironment(context => context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter)
            .WithHealthCheck(key);
    }

    /// <summary>A database of the server, created when the server is ready and does not have it.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, [ResourceName] string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.OnResourceReady((server, _, ct) => PostgresChecks.CreateDatabaseAsync(server.ConnectionStringExpression, database.DatabaseName, ct));
        var key = PostgresChecks.Register(builder.ApplicationBuilder, $"{name}_check", database.ConnectionStringExpression);
        return builder.ApplicationBuilder.AddResource(database).WithHealthCheck(key);
    }

    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/var/lib/postgresql", isReadOnly);
}
