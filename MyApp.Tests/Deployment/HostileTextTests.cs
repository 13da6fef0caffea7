using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Environments;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Supervision.Jobs;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment;

/// <summary>Good texts with parts exchanged: what reads them refuses them in its own way, and throws nothing else.</summary>
public sealed class HostileTextTests
{
    private static readonly Gen<string> Parts = Gen.Elements(
        "", "9", "0", "-", "9999", "99999999999999999999", "9999-12-31", "0001-01-01", "+14:00", "T24:00", ":", "\"", "{", "}", "[", "]", "null", "\0", "\ud800", "é", "\u2028", "*", "\\", "(", "@", "d", "w", "\n");

    [Theory]
    [InlineData("2026-12-19")]
    [InlineData("9999-12-30T23:59:59Z")]
    public void FreezeTimes_NearlyRight_AreReadOrRefused(string good) => Always(good, text =>
    {
        _ = FreezeWindow.ParseFrom(text);
        _ = FreezeWindow.ParseUntil(text);
    });

    [Theory]
    [InlineData("15m")]
    [InlineData("36500d")]
    [InlineData("2026-11-23T14:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    public void LogTimes_NearlyRight_AreReadOrRefused(string good) => Always(good, text => _ = LogTime.Parse(text, DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("status=5..")]
    [InlineData("^(GET|POST) [a-z]{1,9}$")]
    [InlineData("(?i)(a+)+b")]
    public void LogPatterns_NearlyRight_AreReadOrRefusedAndMatchAnything(string good) => Always(good, text =>
    {
        _ = LogPattern.Read(text, out _)?.Matches(text);
        _ = LogPattern.Read(text, out _)?.Matches(Encoding.UTF8.GetBytes(text));
    });

    [Theory]
    [InlineData("access-20261123T140000.123Z.log.gz")]
    [InlineData("error-1795442400.log")]
    public void NamesOfLogs_NearlyRight_AreReadOrNone(string good) => Always(good, text => Assert.True(RotatedLog.Parse(text) is not { } log || log.Name.Length > 0));

    [Fact]
    public void LinesOfLogs_NearlyRight_AreReadOrShownWhole() => Always($"{LogLineFormat.Prefix(DateTimeOffset.UnixEpoch, "orders-dev-1.0")}text", text =>
    {
        Assert.InRange(LogLineFormat.TextStart(Encoding.UTF8.GetBytes(text)), 0, Encoding.UTF8.GetByteCount(text));
        _ = LogLineFormat.TryParse(text, out _, out _, out _);
    });

    [Fact]
    public void Schedules_NearlyRight_AreReadOrRefused() => Always("*/5 0-6,22 1 jan mon-fri", text => _ = CronExpression.Problem(text));

    [Fact]
    public void Branches_NearlyRight_AreReadOrRefused() => Always("feature/*", text =>
    {
        _ = BranchPattern.IsValid(text);
        _ = BranchPattern.Matches(text, "feature/a");
    });

    [Fact]
    public void KeyRings_NearlyRight_AreReadOrRefusedWithoutTheirKeys()
    {
        var key = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));
        Always($"k1:{key},k2:{key}", text =>
        {
            try
            {
                _ = KeyRing.Parse(text, "keys");
            }
            catch (SecretsUnavailableException e)
            {
                Assert.DoesNotContain(key[..20], e.Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void PublicKeys_NearlyRight_AreReadOrNone() => Always(
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", text => _ = PublicKey.Parse(text));

    [Fact]
    public void Provenance_NearlyRight_IsNeverTrustedAndNeverThrows()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("artifact", "bytes");
        Always(
            """{"payloadType":"application/vnd.in-toto+json","payload":"eyJhIjoxfQ==","signatures":[{"keyid":"a","sig":"AAAA"}]}""",
            text => Assert.NotNull(Verification.OfAsync(path, [text], [], CancellationToken.None).GetAwaiter().GetResult().Problem));
    }

    [Fact]
    public void UnitFiles_NearlyRight_AreReadOrRefused() => Always(
        """{"service":"orders","environment":"dev","release":"1","executable":"/bin/true","args":["a"],"env":{"A":"b"},"ports":[{"name":"http","number":80}]}""",
        text => Assert.True(UnitFile.Read("f", Encoding.UTF8.GetBytes(text)) is var file && (file.Unit is null) == (file.Problems.Count > 0)));

    [Fact]
    public void Accepts_NearlyRight_AreReadOrRefused() => Always(
        "service: orders\naccept:\n  - { rule: spec.root, reason: legacy, until: 2026-12-31 }\nenvironments:\n  prod: { freeze: [{ from: 2026-12-19, until: 9999-12-31, reason: holidays }] }\n",
        text => Assert.True(SpecReader.Read(text, "f") is var read && (read.File is null) == (read.Problems.Count > 0)));

    private static void Always(string good, Action<string> read)
    {
        var edits =
            from at in Gen.Choose(0, good.Length)
            from length in Gen.Choose(0, 4)
            from part in Parts
            select (at, length, part);
        Prop.ForAll(edits.ArrayOf(3).ToArbitrary(), all => read(all.Aggregate(good, Edit))).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        read(good);
    }

    private static string Edit(string text, (int At, int Length, string Part) edit) =>
        edit.At + edit.Length <= text.Length ? text.Remove(edit.At, edit.Length).Insert(edit.At, edit.Part) : text + edit.Part;
}
