using System.Diagnostics;
using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>The api as the process it is, killed as the kernel kills.</summary>
public sealed class KilledReplicaTests(PostgresFixture postgres)
{
    [Fact(Timeout = 240_000)]
    public async Task Rollout_OfAReplicaKilledInTheMiddle_IsFinishedByAnother()
    {
        var go = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(f => File.Exists(Path.Combine(f, "go")));
        Assert.SkipUnless(go, "needs Go");
        var database = await postgres.NewDatabaseAsync();
        var data = Directory.CreateTempSubdirectory("myapp-api-").FullName;
        // Builds run as another user than root, which must get to the folders below.
        File.SetUnixFileMode(data, (UnixFileMode)0b111_101_101);
        using var first = Start(database, data, out var firstUrl);
        using var second = Start(database, data, out var secondUrl);
        try
        {
            using var client = new HttpClient { BaseAddress = firstUrl };
            using var other = new HttpClient { BaseAddress = secondUrl };
            await HealthyAsync(client);
            // The second can't take it before it is there: only the first is asked, and only the one that works on it is killed.
            using var uploaded = await client.UploadAsync(new ByteArrayContent(Source()));
            var source = await uploaded.ReadAsync(HttpStatusCode.Created, WireJson.Default.SourceReceipt);
            await HealthyAsync(other);
            using var shipped = await client.ShipAsync(source.Digest);
            var rollout = (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
            var pid = await RunnerAsync(database, rollout);
            using (var kill = TestProcess.Start("kill", ["-KILL", $"{pid}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            var survivor = pid == first.Id ? other : client;
            // No guard runs here, so that it ends at all, and with this reason, is the other replica's work.
            Rollout? final = null;
            for (var tries = 0; tries < 100 && final is not { IsFinal: true }; tries++)
                final = await TryFinalAsync(survivor, rollout);
            Assert.Equal(RolloutState.Failed, final!.State);
            Assert.Contains("guard", final.Failure, StringComparison.Ordinal);
            // Whichever of the two built it, and however often the rollout came to ask.
            Assert.Equal((rollout, BuildState.Succeeded), (await survivor.GetAsync("/api/v1/builds", WireJson.Default.BuildList)).Builds.Select(build => (build.Rollout, build.State)).Single());
        }
        finally
        {
            await EndAsync(first);
            await EndAsync(second);
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<Rollout?> TryFinalAsync(HttpClient client, Guid rollout)
    {
        // A build from cold caches takes its time on a small machine.
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        return (await client.GetAsync($"/api/v1/rollouts/{rollout}", WireJson.Default.RolloutView)).Rollout;
    }

    private static byte[] Source() => Archives.Of(
        ("myapp.yaml", "service: orders\nbuild: { toolchain: go, source: . }\nport: 18099\n"),
        ("go.mod", "module orders\n\ngo 1.19\n"),
        ("main.go", "package main\n\nfunc main() { select {} }\n"));

    private static Process Start(string database, string data, out Uri url)
    {
        var port = FreePort.Find();
        url = new Uri($"http://127.0.0.1:{port}");
        var started = TestProcess.Start(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "MyApp.Api.dll"), "--urls", $"{url}", "--contentRoot", data],
            new Dictionary<string, string?>
            {
                ["ConnectionStrings__myapp"] = database, ["MYAPP_DATA"] = data, ["Worker__Lease"] = "00:00:03", ["Worker__Poll"] = "00:00:00.200",
            });
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private static Task HealthyAsync(HttpClient client) => Asking.UntilAsync($"{client.BaseAddress} to be healthy", async () =>
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>The process that works on it, as its lease says.</summary>
    private static async Task<int> RunnerAsync(string database, Guid rollout)
    {
        var owner = "";
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await Asking.UntilAsync("a replica to be building", async () =>
        {
            await using var command = source.CreateCommand(
                "select l.owner from leases l join rollouts r on r.id = l.rollout where r.id = $1 and r.state = 'Building' and l.owner is not null");
            command.Parameters.AddWithValue(rollout);
            owner = await command.ExecuteScalarAsync() as string ?? "";
            return owner.Length > 0;
        });
        return int.Parse(owner.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            using var kill = TestProcess.Start("kill", ["-KILL", $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
    }
}
