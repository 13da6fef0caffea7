using MyApp.Cli;
using MyApp.Deployment.Secrets;
using MyApp.Tests.Deployment.Secrets;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class SecretsTests : IDisposable
{
    private const string Planted = "pl4nted/Secret+Value=?";
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Set_FromStandardInput_IsStoredListedAndNeverPrinted()
    {
        var set = Run(Planted + "\n");
        Assert.Equal(ExitCode.Ok, await set.RunAsync(Ct, "secrets", "set", "DB_URL", "--env", "prod", "--local"));
        var list = Run("");
        Assert.Equal(ExitCode.Ok, await list.RunAsync(Ct, "secrets", "list", "--env", "prod", "--local"));
        var audit = Run("");
        Assert.Equal(ExitCode.Ok, await audit.RunAsync(Ct, "secrets", "audit", "--env", "prod", "--local", "-o", "json"));

        Assert.Contains("DB_URL of prod is at version 1", set.Out, StringComparison.Ordinal);
        Assert.Matches("DB_URL +every service +1 ", list.Out);
        Assert.Contains("\"action\": \"set\"", audit.Out, StringComparison.Ordinal);
        var told = set.Out + set.Error + list.Out + audit.Out;
        Assert.DoesNotContain(SecretVaultTests.Forms(Planted), form => told.Contains(form, StringComparison.Ordinal));
        var vault = LocalSecrets.Of(new(folder.Path), TimeProvider.System, _ => null);
        Assert.Equal(Planted, (await vault.OpenAsync(new("DB_URL", 1, OfService: false), "orders", "prod", "x", Ct)).Reveal());
    }

    [Theory]
    [InlineData("not-a-name", "x", "is not the name of a secret")]
    [InlineData("DB_URL", "", "a secret has 1 to 65536 characters")]
    [InlineData("DB_URL", "a\0b", "NUL")]
    public async Task Set_WhatCantBeOne_IsRefused(string name, string value, string says)
    {
        var run = Run(value);

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "secrets", "set", name, "--local"));

        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "secrets")));
    }

    [Theory]
    [InlineData("DB_URL", Planted)]
    [InlineData($"DB_URL={Planted}")]
    [InlineData($"{Planted}", "DB_URL")]
    [InlineData("DB_URL", $"--value={Planted}")]
    [InlineData("DB_URL", "--value", Planted)]
    [InlineData("DB_URL", "--", Planted)]
    public async Task Set_WithTheValueAmongTheArguments_IsRefusedWithoutRepeatingIt(params string[] args)
    {
        var run = Run("read from standard input");

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, ["secrets", "set", .. args, "--local", "-o", "json"]));

        Assert.StartsWith("myapp: secrets set takes one NAME and no value: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("on standard input: myapp secrets set NAME < FILE", run.Error, StringComparison.Ordinal);
        var told = run.Out + run.Error;
        Assert.DoesNotContain(SecretVaultTests.Forms(Planted), form => told.Contains(form, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "secrets")));
    }

    [Fact]
    public async Task Check_OfASpecThatRefersToASecret_SaysWhichIsMissingAndWhere()
    {
        folder.File("myapp.yaml", "service: orders\nrun:\n  env: { URL: \"${secret:DB_URL}\" }\n");
        var before = Run("");
        Assert.Equal(ExitCode.BadInput, await before.RunAsync(Ct, "check", "--local"));
        Assert.Contains("error host.secret orders: myapp.yaml:3:15: run.env.URL needs the secret DB_URL, which dev does not have", before.Out, StringComparison.Ordinal);

        await Run("x").RunAsync(Ct, "secrets", "set", "DB_URL", "--local");

        Assert.Equal(ExitCode.Ok, await Run("").RunAsync(Ct, "check", "--local"));
    }

    [Fact]
    public async Task Config_InLocalMode_SaysThatThereIsNoServer()
    {
        var run = Run("");

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "config", "set", "orders", "replicas=3", "--local"));

        Assert.Contains("local mode has no config server", run.Error, StringComparison.Ordinal);
    }

    private CliRun Run(string input) => new() { Folder = folder.Path, Input = input, Variables = { ["MYAPP_DATA"] = folder.Path } };
}
