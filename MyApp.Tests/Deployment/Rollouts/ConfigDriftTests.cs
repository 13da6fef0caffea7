using MyApp.Deployment.Layering;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Configs;
using MyApp.Tests.Api;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class ConfigDriftTests : IDisposable
{
    private const string Asking = "service: orders\nbuild: { toolchain: go }\napp: { url: \"${secret:DB}\" }\nconfig: { deliver: env, onChange: restart }\n";
    private const string Signalled = "service: orders\nbuild: { toolchain: go }\napp: { url: \"${secret:DB}\" }\nconfig: { deliver: file, onChange: signal }\n";
    private readonly TemporaryFolder folder = new();
    private readonly List<RemoteValue> remote = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataPaths Paths => new(folder.Path);

    private UnitSecrets Secrets => new(LocalSecrets.Of(Paths, new FakeClock(), _ => null));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Drift_OfTheSameValues_IsNoneAlsoWithANewerSecret()
    {
        await SetSecretAsync("one");
        var release = await ReleaseAsync(Asking);
        await SetSecretAsync("two");

        Assert.Equal(ConfigWish.Nothing, await WishAsync(release));
    }

    [Theory]
    [InlineData("app.greeting", "hi")]
    [InlineData("replicas", "3")]
    [InlineData("run.env.MODE", "x")]
    public async Task Drift_OfAnyValueThatMakesADifference_AsksForARollout(string key, string value)
    {
        var release = await ReleaseAsync(Asking);
        Set(key, value);

        Assert.Equal(ConfigWish.Rollout, await WishAsync(release));
    }

    [Theory]
    [InlineData("replicas", "many")]
    [InlineData("app.path", "x")]
    public async Task Drift_ToValuesThatCanNotBe_AsksForTheRolloutThatSaysSo(string key, string value)
    {
        var release = await ReleaseAsync(Asking);
        Set(key, value);

        Assert.Equal(ConfigWish.Rollout, await WishAsync(release));
    }

    [Fact]
    public async Task Drift_OfAServiceThatDoesNotAsk_IsNone()
    {
        var release = await ReleaseAsync(Asking.Replace(", onChange: restart", "", StringComparison.Ordinal));
        Set("app.greeting", "hi");

        Assert.Equal(ConfigWish.Nothing, await WishAsync(release));
        Set("replicas", "many");
        Assert.Equal(ConfigWish.Nothing, await WishAsync(release));
    }

    [Fact]
    public async Task Drift_OfAServiceThatTakesASignal_AsksForOneWhereTheFileAloneIsAnother()
    {
        var release = await ReleaseAsync(Signalled);
        Assert.Equal(ConfigWish.Nothing, await WishAsync(release));

        Set("app.greeting", "hi");

        Assert.Equal(ConfigWish.Refresh, await WishAsync(release));
        Set("run.env.MODE", "x");
        Assert.Equal(ConfigWish.Rollout, await WishAsync(release));
    }

    [Fact]
    public async Task Drift_OfAServiceThatHasTheValuesByASignal_IsNoneUntilTheyAreOthersAgain()
    {
        var release = await ReleaseAsync(Signalled);
        var given = ConfigRevision.Of(new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["greeting"] = new("hi"), ["url"] = new("${secret:DB}") });
        Set("app.greeting", "hi");

        Assert.Equal(ConfigWish.Nothing, await WishAsync(release, given));
        remote.Clear();
        Assert.Equal(ConfigWish.Refresh, await WishAsync(release, given));
    }

    [Fact]
    public async Task Drift_WherePeopleSignWhatRuns_AsksForARolloutInsteadOfASignal()
    {
        var release = await ReleaseAsync(Signalled + "environments: { dev: { approval: { needed: 1, people: { ada: \"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" } } } }\n");
        Set("app.greeting", "hi");

        Assert.Equal(ConfigWish.Rollout, await WishAsync(release));
    }

    private void Set(string key, string value) => remote.Add(new(key, value, 1, "ada", default));

    private Task SetSecretAsync(string value) => LocalSecrets.Of(Paths, new FakeClock(), _ => null).SetAsync(new("dev", null), "DB", new(value), "ada", Ct);

    private Task<ConfigWish> WishAsync(Release release, string? given = null) =>
        new ConfigDrift(Paths, Secrets, (_, _, _) => Task.FromResult<IReadOnlyList<RemoteValue>>(remote)).WishAsync(release, null, given, Ct);

    private async Task<Release> ReleaseAsync(string text)
    {
        using var archive = new MemoryStream(Archives.Of(("myapp.yaml", text)));
        var source = (await new SourceStore(Paths.Sources).SaveAsync(archive, 1 << 20, Ct)).Digest;
        var spec = SpecReader.Read(text, "myapp.yaml").File!.Find("orders", "dev")!;
        var unit = UnitSecrets.Pin(UnitCompiler.Compile(spec, new("orders-dev-1", 1), BuildSpec.Go, Paths).Unit, await Secrets.PinAsync(spec, Ct));
        return new() { Id = "orders-dev-1", Service = "orders", Environment = "dev", Number = 1, Artifact = "sha256:a", ArtifactBytes = 1, Source = source, Unit = unit, CreatedAt = default, CreatedBy = "ada" };
    }
}
