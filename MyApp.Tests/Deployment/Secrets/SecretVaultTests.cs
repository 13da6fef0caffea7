using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Secrets;

public sealed class SecretVaultTests : IDisposable
{
    private const string Planted = "pl4nted/Secret+Value=?";
    private static readonly SecretScope Dev = new("dev", null);
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataPaths Paths => new(folder.Path);

    private SecretVault Vault => LocalSecrets.Of(Paths, new FakeClock(), variables.GetValueOrDefault);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_WhatWasSet_IsTheSameByItsVersion()
    {
        var first = await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);
        var second = await Vault.SetAsync(Dev, "DB", new("other"), "ada", Ct);

        Assert.Equal((1, 2), (first.Version, second.Version));
        Assert.Equal(Planted, (await Vault.OpenAsync(new("DB", 1, OfService: false), "orders", "dev", "orders-dev-1", Ct)).Reveal());
        Assert.Equal("other", (await Vault.OpenAsync(new("DB", 2, OfService: false), "orders", "dev", "orders-dev-2", Ct)).Reveal());
        Assert.Equal([(SecretAction.Read, "orders-dev-2"), (SecretAction.Read, "orders-dev-1"), (SecretAction.Set, "ada"), (SecretAction.Set, "ada")],
            (await Vault.ReadAuditAsync("dev", 10, Ct)).Select(each => (each.Action, each.By)));
    }

    [Fact]
    public async Task Find_ASecretOfTheService_GoesBeforeItsEnvironments()
    {
        await Vault.SetAsync(Dev, "DB", new("shared"), "ada", Ct);
        await Vault.SetAsync(new("dev", "orders"), "DB", new("own"), "ada", Ct);

        Assert.Equal("orders", (await Vault.FindAsync("orders", "dev", "DB", Ct))!.Scope.Service);
        Assert.Null((await Vault.FindAsync("billing", "dev", "DB", Ct))!.Scope.Service);
        Assert.Null(await Vault.FindAsync("orders", "prod", "DB", Ct));
    }

    [Fact]
    public async Task Stored_HoldsNoValueAndIsForItsOwnerAlone()
    {
        await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);

        var files = Directory.GetFiles(Paths.Secrets).Where(path => new FileInfo(path).Length > 0).ToList();
        Assert.Equal(2, files.Count);
        foreach (var path in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.DoesNotContain(Forms(Planted), form => File.ReadAllText(path).Contains(form, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Rotate_ToANewKey_NeedsTheOldOneNoMore()
    {
        await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);
        var old = (await File.ReadAllTextAsync(Paths.SecretKeys, Ct)).Trim();
        var fresh = $"k2:{Convert.ToBase64String(new byte[32])}";
        variables[KeyRing.Variable] = $"{fresh},{old}";

        Assert.Equal(1, await Vault.RotateAsync("ada", Ct));
        Assert.Equal(0, await Vault.RotateAsync("ada", Ct));

        variables[KeyRing.Variable] = fresh;
        Assert.Equal(Planted, (await Vault.OpenAsync(new("DB", 1, OfService: false), "orders", "dev", "x", Ct)).Reveal());
    }

    [Fact]
    public async Task Open_WithoutItsKey_SaysWhichIsMissing()
    {
        await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);
        variables[KeyRing.Variable] = $"other:{Convert.ToBase64String(new byte[32])}";

        var missing = await Assert.ThrowsAsync<SecretsUnavailableException>(() => Vault.OpenAsync(new("DB", 1, OfService: false), "orders", "dev", "x", Ct));
        Assert.Contains("the key 'k1' is not in the key ring (it has other)", missing.Message, StringComparison.Ordinal);

        variables[KeyRing.Variable] = $"k1:{Convert.ToBase64String(new byte[32])}";
        var wrong = await Assert.ThrowsAsync<SecretsUnavailableException>(() => Vault.OpenAsync(new("DB", 1, OfService: false), "orders", "dev", "x", Ct));
        Assert.Contains("does not open with the key 'k1'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ABoxThatWasMovedToAnotherName_IsRefused()
    {
        var stored = await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);
        var ring = KeyRing.Load(_ => null, Paths.SecretKeys, make: false);

        Assert.Equal(Planted, Envelope.Open(stored, ring).Reveal());
        Assert.Throws<SecretsUnavailableException>(() => Envelope.Open(stored with { Name = "OTHER" }, ring));
        Assert.Throws<SecretsUnavailableException>(() => Envelope.Open(stored with { Scope = new("prod", null) }, ring));
        Assert.Throws<SecretsUnavailableException>(() => Envelope.Open(stored with { Box = [.. stored.Box[..^1], (byte)(stored.Box[^1] ^ 1)] }, ring));
        Assert.Throws<SecretsUnavailableException>(() => Envelope.Open(stored with { Box = [1, 2] }, ring));
    }

    [Theory]
    [InlineData("k1", "key 1 is not ID:BASE64 of 32 bytes")]
    [InlineData("k1:AAAA", "key 1 is not ID:BASE64 of 32 bytes")]
    [InlineData(" , ", "has no key")]
    public void Keys_ThatAreNone_AreRefusedWithTheirPlace(string text, string says) =>
        Assert.Contains(says, Assert.Throws<SecretsUnavailableException>(() => KeyRing.Parse(text, "VARIABLE")).Message, StringComparison.Ordinal);

    [Fact]
    public void Keys_InAFileThatOthersMayRead_AreRefused()
    {
        var file = folder.File("keys", $"k1:{Convert.ToBase64String(new byte[32])}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Contains("chmod 600", Assert.Throws<SecretsUnavailableException>(() => KeyRing.Load(_ => null, file, make: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_HoweverItIsPrinted_ShowsNothing()
    {
        var secret = new Secret(Planted);

        Assert.Equal([Secret.Redacted, $"{Secret.Redacted}", $"\"{Secret.Redacted}\""], [secret.ToString(), $"{secret}", JsonSerializer.Serialize(secret)]);
        Assert.DoesNotContain(Planted, $"{new { secret }}", StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_AnyText_OpensToTheSame()
    {
        var ring = KeyRing.Parse($"k:{Convert.ToBase64String(new byte[32])}", "test");
        Prop.ForAll<NonNull<string>>(text =>
        {
            var sealedSecret = Envelope.Seal(Dev, "X", 1, new(text.Get), ring, default, "test");
            // A lone half of a surrogate pair has no UTF-8.
            return Envelope.Open(sealedSecret, ring).Reveal() == System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Get));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Unit_IsPinnedToVersionsAndOpenedOnlyForTheTarget()
    {
        await Vault.SetAsync(Dev, "DB", new(Planted), "ada", Ct);
        await Vault.SetAsync(new("dev", "orders"), "TOKEN", new("own"), "ada", Ct);
        var spec = SpecReader.Read("service: orders\nrun: { env: { URL: \"db://${secret:DB}@${env}\", TOKEN: \"${secret:TOKEN}\" } }\n", "f").File!.Find("orders", "dev")!;
        var secrets = new UnitSecrets(Vault);
        var unit = UnitSecrets.Pin(UnitCompiler.Compile(spec, new("orders-dev-1", 1), "", Paths).Unit, await secrets.PinAsync(spec, Ct));

        Assert.Equal(("db://${secret:DB@shared.1}@dev", "${secret:TOKEN@1}"), (unit.Env["URL"], unit.Env["TOKEN"]));
        await Vault.SetAsync(Dev, "DB", new("newer"), "ada", Ct);
        var opened = await secrets.OpenAsync(unit, Ct);
        Assert.Equal(($"db://{Planted}@dev", "own"), (opened.Env["URL"], opened.Env["TOKEN"]));
    }

    [Fact]
    public async Task Unit_WithASecretAmongItsValues_HoldsAReferenceUntilItIsHandedOver()
    {
        await Vault.SetAsync(Dev, "DB", new(Planted + "${port}"), "ada", Ct);
        var spec = SpecReader.Read("service: orders\napp: { url: \"db://${secret:DB}@${env}\" }\nconfig: { deliver: both, format: json }\n", "f").File!.Find("orders", "dev")!;
        var secrets = new UnitSecrets(Vault);
        Assert.Equal([("DB", "app.url")], UnitSecrets.Wanted(spec));
        var unit = UnitSecrets.Pin(UnitCompiler.Compile(spec, new("orders-dev-1", 1), "", Paths).Unit, await secrets.PinAsync(spec, Ct));

        Assert.Equal(("db://${secret:DB@shared.1}@dev", "db://${secret:DB@shared.1}@dev"), (unit.Env["URL"], unit.Config!.Values["url"].Text));
        var opened = await secrets.OpenAsync(unit, Ct);
        Assert.Equal($"db://{Planted}${{$}}{{port}}@dev", opened.Config!.Values["url"].Text);
        Assert.Equal(opened.Env["URL"], opened.Config.Values["url"].Text);
    }

    internal static string[] Forms(string secret) =>
        [secret, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)), Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString()];
}
