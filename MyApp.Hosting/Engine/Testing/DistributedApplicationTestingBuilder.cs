using MyApp.Hosting.Engine.Testing;

namespace Aspire.Hosting.Testing;

/// <summary>Builds the application of an AppHost project in a test: no dashboard, free ports.</summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <typeparam name="TEntryPoint">A type of the AppHost's assembly: <c>Projects.{AppHost}</c>.</typeparam>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        var tested = new TestedBuild(typeof(TEntryPoint).Assembly, args);
        return new TestingBuilder(await tested.StartAsync().WaitAsync(cancellationToken), tested.BuildAsync, tested.End);
    }

    /// <summary>An application that has no AppHost project, made up in the test.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var builder = new DistributedApplicationBuilder(["--no-dashboard", "--DcpPublisher:RandomizePorts=true", .. args]);
        return new TestingBuilder(builder, () => Task.FromResult(builder.Build()), () => { });
    }
}
