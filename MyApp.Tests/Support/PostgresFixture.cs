[assembly: AssemblyFixture(typeof(MyApp.Tests.Support.PostgresFixture))]

namespace MyApp.Tests.Support;

/// <summary>One PostgreSQL for the whole test run, started when first asked for; every caller gets a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim starting = new(1);
    private PostgresServer? server;
    private int databases;

    /// <summary>Connection string of a new, empty database. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        await starting.WaitAsync();
        try
        {
            server ??= await PostgresServer.StartAsync();
        }
        finally
        {
            starting.Release();
        }

        return await server.CreateDatabaseAsync($"test{Interlocked.Increment(ref databases)}");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        starting.Dispose();
        if (server is not null)
            await server.DisposeAsync();
    }
}
