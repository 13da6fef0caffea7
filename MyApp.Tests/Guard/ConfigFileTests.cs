using MyApp.Supervision.Configs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class ConfigFileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_WithValues_FindsThemInAFileThatIsItsUsersAlone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Unit(guard, "stat -c '%a %u' \"$CONFIG\"; stat -c '%a' \"$(dirname \"$CONFIG\")\"; id -u; cat \"$1\"; exec sleep 1000") with { Args = ["${config}"], Ports = [new("http", FreePort.Find())] };
        await guard.Client.ApplyAsync(unit, Ct);

        var told = (await guard.UntilAsync(i => i.LastLines.Contains("port=\"quoted ${port}\""), Ct)).LastLines;

        var isRoot = Environment.IsPrivilegedProcess;
        Assert.Equal([$"400 {told[2]}", isRoot ? "710" : "700"], told.Take(2));
        Assert.Equal(["db.pool-size=10", $"db.url=http\\://127.0.0.1\\:{unit.Ports[0].Port}/{unit.Release}.0", "port=\"quoted ${port}\""], told.Skip(3));
        Assert.True(!isRoot || told[2] != "0");
    }

    [Fact]
    public async Task File_OfAReleaseThatIsRemoved_GoesWithIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var (first, second) = (Unit(guard, "exec sleep 1000"), Unit(guard, "exec sleep 1000", release: 2));
        await guard.Client.ApplyAsync(first, Ct);
        await guard.Client.ApplyAsync(second, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct, release: 2);

        await guard.Client.RemoveAsync(first.Service, first.Environment, first.Release, Ct);

        var files = Directory.EnumerateFiles(new GuardPaths(guard.DataFolder).ConfigFolder, "*", SearchOption.AllDirectories);
        Assert.Equal($"{second.Release}/{second.Release}.0/app.properties", Path.GetRelativePath(Path.Combine(new GuardPaths(guard.DataFolder).ConfigFolder, first.Environment, first.Service), Assert.Single(files)));
    }

    [Fact]
    public async Task File_OfAReleaseThatIsNotDeclaredAnyMore_GoesWithTheNextGuard()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Unit(guard, "exec sleep 1000");
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var configs = new GuardPaths(guard.DataFolder).ConfigFolder;
        Directory.CreateDirectory(Path.Combine(configs, unit.Environment, unit.Service, "left-behind-1", "left-behind-1.0"));

        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);

        Assert.Equal([unit.Release], Directory.EnumerateDirectories(Path.Combine(configs, unit.Environment, unit.Service)).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../passwd", "a", "config.name: 1 to 64 letters")]
    [InlineData("app.json", "a b", "config.values: between the dots of a key stand")]
    public async Task Unit_WithAFileThatCanNotBe_IsRefused(string name, string key, string says)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = Unit(guard, "exec sleep 1000") with { Config = new() { Name = name, Values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { [key] = new("x") } } };

        Assert.Contains(says, (await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit, Ct))).Message, StringComparison.Ordinal);
    }

    private static Unit Unit(GuardProcess guard, string body, int release = 1) => TestService.Unit(guard.Script($"run-{release}", body), release) with
    {
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["CONFIG"] = "${config}" },
        Config = new()
        {
            Name = "app.properties", Format = ConfigFormat.Properties,
            Values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal)
            {
                ["db.pool-size"] = ConfigValue.Of("10", plain: true), ["db.url"] = new("http://127.0.0.1:${port}/${instance}"), ["port"] = new("\"quoted ${$}{port}\""),
            },
        },
    };
}
