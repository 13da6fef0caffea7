using Aspire.Hosting.Testing;
using MyApp.Hosting.HostBinaries;
using MyApp.Tests.Support;
using Npgsql;

namespace MyApp.Tests.Hosting;

/// <summary>Our AppHost with real servers, on a data folder of the test's.</summary>
public sealed class AppHostRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppHost_InATest_RunsPostgresAndRedisWithPasswordsThatStay()
    {
        Assert.SkipUnless(PostgresInstallation.Find(Repository.Root) is not null, "needs PostgreSQL binaries");
        using var data = new TemporaryFolder();
        var first = await RunAsync(data.Path);
        Assert.Equal(first, await RunAsync(data.Path));
    }

    private static async Task<string?> RunAsync(string data)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.MyApp_AppHost>(
            [$"--MYAPP_DATA={data}", "--MyApp:Sample=false", "--MyApp:Containers=false"], Ct);
        await using var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct).WaitAsync(Patience, Ct);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("myapp", Ct).WaitAsync(Patience, Ct);
        var text = await app.GetConnectionStringAsync("myapp", Ct);
        await using var connection = new NpgsqlConnection(text + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT current_database()", connection);
        Assert.Equal("myapp", await command.ExecuteScalarAsync(Ct));
        await app.StopAsync(Ct);
        return new NpgsqlConnectionStringBuilder(text).Password;
    }
}
