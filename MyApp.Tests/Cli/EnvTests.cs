using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Specs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class EnvTests : IDisposable
{
    private const string Spec = """
        service: orders
        port: 8080
        environments:
          prod:
            branches: [main]
            freeze: [{ from: 2026-12-19, until: 2027-01-03, reason: holidays }]
            approval: { needed: 1, people: { ada: "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" } }
          eu: { inherits: prod }

        """;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_ShowsBuiltInOnesAndThoseOfTheSpec()
    {
        var run = Run(2026, 12, 25);

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "env", "list"));

        Assert.Equal(
            """
            ENVIRONMENT  SERVICE  INHERITS  BRANCHES   LEVELS     APPROVAL  FROZEN
            dev          orders   -         feature/*  elsewhere  -         -
            test         orders   -         release/*  elsewhere  -         -
            staging      orders   -         -          elsewhere  -         -
            prod         orders   -         main       prod       1 of ada  until 2027-01-04 00:00Z
            eu           orders   prod      main       prod       1 of ada  until 2027-01-04 00:00Z

            """, run.Out);
    }

    [Fact]
    public async Task List_AsJson_SaysWhatIsFrozen()
    {
        var run = Run(2026, 12, 25);

        await run.RunAsync(Ct, "env", "list", "-o", "json");

        using var report = JsonDocument.Parse(run.Out);
        var frozen = report.RootElement.GetProperty("environments").EnumerateArray().Where(each => each.GetProperty("frozen").GetBoolean());
        Assert.Equal(["prod", "eu"], frozen.Select(each => each.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Status_TellsWhatStandsWhere()
    {
        await using var plane = await FakeControlPlane.StartAsync();
        var empty = Run(2026, 12, 25);
        Assert.Equal(ExitCode.Ok, await empty.RunAsync(Ct, "env", "status", "--api", plane.Address));
        Assert.Equal("nothing was shipped yet\n", empty.Out);
        var release = new ReleaseView
        {
            Id = "orders-dev-3", Service = "orders", Environment = "dev", Number = 3, Artifact = $"sha256:{new string('a', 64)}", ArtifactBytes = 1, Vcs = new(new string('c', 40), Dirty: true, null),
            CreatedAt = new(2026, 12, 24, 0, 0, 0, TimeSpan.Zero), CreatedBy = "ada",
        };
        var spec = SpecReader.Read(Spec, "myapp.yaml").File!;
        plane.Standings.AddRange(EnvironmentStandings.Of(
            [new() { Service = "orders", Environment = "dev", Release = release }], new Dictionary<string, SpecFile> { ["orders"] = spec }, new(2026, 12, 25, 0, 0, 0, TimeSpan.Zero)).Environments);
        var run = Run(2026, 12, 25);

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "env", "status", "--api", plane.Address));

        Assert.Equal(
            """
            SERVICE  ENVIRONMENT  RELEASE       COMMIT                  ARTIFACT      MADE    UNDER WAY  APPROVAL  FROZEN
            orders   dev          orders-dev-3  cccccccccccc + changes  aaaaaaaaaaaa  1d ago  -          -         -
            orders   test         -             -                       -             -       -          -         -
            orders   staging      -             -                       -             -       -          -         -
            orders   prod         -             -                       -             -       -          1 of ada  until 2027-01-04 00:00Z
            orders   eu           -             -                       -             -       -          1 of ada  until 2027-01-04 00:00Z

            """, run.Out);
        await Run(2026, 12, 25).RunAsync(Ct, "env", "status", "--api", plane.Address, "--service", "orders", "--env", "eu");
        Assert.Equal("GET /api/v1/environments?service=orders&environment=eu", plane.Requests.Last());
    }

    [Fact]
    public async Task Show_TellsWhatHoldsForOne()
    {
        var run = Run(2026, 11, 25);

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "env", "show", "eu"));

        Assert.Equal(
            """
            eu of orders: written in the spec
              inherits  prod
              branches  main; no other is shipped to it
              levels    those of prod
              approval  1 of ada
              frozen    from 2026-12-19 00:00Z
                        2026-12-19 00:00Z to 2027-01-04 00:00Z: holidays

            """, run.Out);
    }

    [Fact]
    public async Task Show_OneThatIsNotThere_IsRefused()
    {
        var run = Run(2026, 11, 25);

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "env", "show", "us"));

        Assert.Contains("myapp.yaml has no environment 'us'", run.Error, StringComparison.Ordinal);
    }

    private CliRun Run(int year, int month, int day)
    {
        folder.File("myapp.yaml", Spec);
        return new() { Folder = folder.Path, Clock = new FakeClock(new(year, month, day, 12, 0, 0, TimeSpan.Zero)) };
    }
}
