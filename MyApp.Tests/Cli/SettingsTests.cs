using MyApp.Cli;
using MyApp.Cli.Settings;

namespace MyApp.Tests.Cli;

public sealed class SettingsTests
{
    private static readonly Dictionary<string, WrittenSetting> Nothing = [];

    [Theory]
    [InlineData("flag", "variable", "file", "flag")]
    [InlineData(null, "variable", "file", "variable")]
    [InlineData(null, null, "file", "file")]
    [InlineData(null, "", "file", "file")]
    [InlineData(null, null, null, "dev")]
    public void Environment_ByLayer_HighestWins(string? flag, string? variable, string? file, string expected)
    {
        var settings = Read(
            flag is null ? Nothing : new() { ["env"] = new(flag, "--env") },
            name => name == "MYAPP_ENV" ? variable : null,
            file is null ? "" : $"env: {file}");

        Assert.Equal(expected, settings.Environment);
    }

    [Fact]
    public void Switch_VariableSaysTrue_FlagSaysFalse_IsFalse() =>
        Assert.False(Read(new() { ["local"] = new("false", "--local") }, name => name == "MYAPP_LOCAL" ? "true" : null, "").Local);

    [Fact]
    public void Problems_InSeveralLayers_AreAllToldWithTheirOrigins()
    {
        var failed = Assert.Throws<CommandFailedException>(() => Read(
            new() { ["output"] = new("xml", "--output") }, name => name == "MYAPP_API" ? "localhost:1" : null, "quiet: perhaps"));

        Assert.Equal(ExitCode.BadInput, failed.ExitCode);
        Assert.Equal(
            [
                "MYAPP_API: 'localhost:1' is not an http or https address, e.g. http://127.0.0.1:5180",
                "--output: 'xml' is neither text nor json",
                "config.yaml:1:8: 'perhaps' is neither true nor false",
            ],
            failed.Problem.Problems);
    }

    [Theory]
    [InlineData("apu: http://x\n", "config.yaml:1:1: unknown key 'apu'; known are api, env, local, output, quiet, service, yes")]
    [InlineData("env: dev\nenv: prod\n", "config.yaml:2:1: ")]
    [InlineData("env: [a]\n", "config.yaml:1:6: 'env' needs one value")]
    [InlineData("- a\n", "config.yaml:1:1: expected 'key: value' lines")]
    [InlineData("env: {\n", "config.yaml:2:1: ")]
    public void SettingsFile_BadInput_IsToldWithItsPlace(string text, string problem)
    {
        var failed = Assert.Throws<CommandFailedException>(() => SettingsFile.Parse("config.yaml", text));

        Assert.Equal(ExitCode.BadInput, failed.ExitCode);
        Assert.StartsWith(problem, Assert.Single(failed.Problem.Problems!), StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsFile_Located_ByXdgThenHome()
    {
        Assert.Equal("/x/myapp/config.yaml", SettingsFile.Locate(n => n == "XDG_CONFIG_HOME" ? "/x" : "/home/ada"));
        Assert.Equal("/home/ada/.config/myapp/config.yaml", SettingsFile.Locate(n => n == "HOME" ? "/home/ada" : null));
        Assert.Null(SettingsFile.Locate(_ => null));
    }

    [Fact]
    public async Task SettingsFile_InItsPlace_IsRead()
    {
        var home = Directory.CreateTempSubdirectory("myapp-settings-");
        try
        {
            var folder = home.CreateSubdirectory(".config/myapp");
            MyApp.Supervision.Files.AtomicFile.WriteAllText(Path.Combine(folder.FullName, "config.yaml"), "api: nonsense\n");
            var run = new CliRun { Variables = { ["HOME"] = home.FullName } };

            Assert.Equal(ExitCode.BadInput, await run.RunAsync(TestContext.Current.CancellationToken, "status"));

            Assert.Contains("config.yaml:1:6: 'nonsense'", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static CliSettings Read(Dictionary<string, WrittenSetting> flags, Func<string, string?> variable, string file) =>
        new SettingsReader(new SettingLayers(flags, variable, () => SettingsFile.Parse("config.yaml", file))).Read();
}
