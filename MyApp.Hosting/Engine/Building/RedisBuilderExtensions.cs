using MyApp.Hosting.HostBinaries;

namespace Aspire.Hosting;

public static class RedisBuilderExtensions
{
    private const string Image = "library/redis";
    private const string Tag = "8.6";
    private const string Registry = "docker.io";

    /// <summary>Redis in a container.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        if (password is null)
            builder.AddResource(secret);
        var redis = new RedisResource(name, secret);
        var key = RedisChecks.Register(builder, $"{name}_check", redis.PrimaryEndpoint, redis.PasswordParameter);
        return builder.AddResource(redis)
            .WithEndpoint(port, targetPort: 6379, name: RedisResource.PrimaryEndpointName)
            .WithImage(Image, Tag).WithImageRegistry(Registry)
            .WithEnvironment(context => context.EnvironmentVariables["REDIS_PASSWORD"] = secret)
            .WithEntrypoint("/bin/sh")
            // The shell of the container reads the password from its environment, so that it is in no argument list outside.
            .WithArgs("-c", "redis-server --requirepass $REDIS_PASSWORD")
            .WithHealthCheck(key);
    }

    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/data", isReadOnly);
}
