using System.Globalization;
using MyApp.Deployment.Logs.Rotation;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Logs;

public sealed class RotationConfigTests : IDisposable
{
    private const string Logrotate = "/usr/sbin/logrotate";

    // journald.conf(5) of systemd 252.
    private static readonly HashSet<string> JournaldKeys =
    [
        "Storage", "Compress", "Seal", "SplitMode", "RateLimitIntervalSec", "RateLimitBurst", "SystemMaxUse", "SystemKeepFree", "SystemMaxFileSize", "SystemMaxFiles",
        "RuntimeMaxUse", "RuntimeKeepFree", "RuntimeMaxFileSize", "RuntimeMaxFiles", "MaxFileSec", "MaxRetentionSec", "SyncIntervalSec", "ForwardToSyslog",
    ];

    private static readonly LogRule Prod = new() { Rotate = LogPeriod.Day, KeepFor = TimeSpan.FromDays(30), KeepFiles = null };
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, LogRule, string[]> Rules => new()
    {
        { "prod", Prod, ["daily", "maxsize 104857600", "rotate -1", "maxage 30"] },
        { "test", new() { Rotate = LogPeriod.Hour, KeepFor = TimeSpan.FromDays(3), KeepFiles = null }, ["hourly", "rotate -1", "maxage 3"] },
        { "dev", new(), ["size 104857600", "rotate 3"] },
        { "by the minute", new() { Rotate = LogPeriod.Day, KeepFor = TimeSpan.FromMinutes(90), KeepFiles = 4, MaxFileBytes = 65536 }, ["maxsize 65536", "rotate 4", "maxage 1", "# logs.keep: logrotate counts whole days and keeps 1"] },
        { "a total", Prod with { MaxTotalBytes = 1 << 30 }, ["# logs.maxTotal: logrotate has no bound over all files; size the disk for what the other rules keep"] },
    };

    public void Dispose() => folder.Dispose();

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Rules))]
    public async Task Logrotate_OfEachRule_SaysItAndIsUnderstood(string name, LogRule rule, string[] says)
    {
        foreach (var writer in (LogWriter[])[new LogWriter.Guard(), new LogWriter.Appending(), new LogWriter.Signalled("orders.service", "SIGHUP")])
        {
            var config = LogrotateConfig.Write(folder.Path, "orders", name.Replace(' ', '-'), rule, writer);
            var lines = config.Text.Split('\n').Select(line => line.Trim()).ToList();

            Assert.All(says, line => Assert.Contains(line, lines));
            Assert.Equal(writer is LogWriter.Appending, lines.Contains("copytruncate"));
            Assert.Equal(writer is LogWriter.Signalled, lines.Contains("systemctl kill --kill-who=main --signal=SIGHUP orders.service"));
            var (exit, output) = await RunAsync(config.Text, "--debug");
            Assert.True(exit == 0 && !output.Contains("error: ", StringComparison.Ordinal), output);
        }
    }

    [Fact]
    public async Task Logrotate_ForcedTwice_LeavesFilesThatOurReaderTakesForTheRotatedOnes()
    {
        var own = folder.Folder("prod/orders");
        foreach (var stream in LogStreams.All)
            await File.AppendAllTextAsync(Path.Combine(own, $"{stream.Name()}.log"), $"{stream.Name()} 1\n", Ct);
        var config = LogrotateConfig.Write(folder.Path, "orders", "prod", Prod, new LogWriter.Guard()).Text;
        var (exit, output) = await RunAsync(config, "--force");
        Assert.True(exit == 0, output);
        Assert.All(LogStreams.All, stream => Assert.False(File.Exists(Path.Combine(own, $"{stream.Name()}.log"))));
        // The next one's name has another second. logrotate asks time(2), which is behind the exact clock by up to a tick of the kernel.
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow().AddMilliseconds(-100).ToUnixTimeSeconds() > LogFolder.Rotated(own)[0].Ended.ToUnixTimeSeconds(), "a second is over", TimeSpan.FromSeconds(5), Ct);
        await File.AppendAllTextAsync(Path.Combine(own, "access.log"), "access 2\n", Ct);
        (exit, output) = await RunAsync(config, "--force");
        Assert.True(exit == 0, output);

        var rotated = LogFolder.Rotated(own);
        Assert.Equal(Directory.GetFiles(own).Select(Path.GetFileName).Order(StringComparer.Ordinal), rotated.Select(log => log.Name).Order(StringComparer.Ordinal));
        Assert.Equal([(LogStream.Access, false), (LogStream.Access, true), (LogStream.Error, false), (LogStream.Trace, false)], rotated.OrderBy(log => log.Stream).ThenByDescending(log => log.Ended).Select(log => (log.Stream, log.Compressed)));
        Assert.All(rotated, log => Assert.InRange(log.Ended, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow()));
        using var log = LogSnapshot.Take(own, LogStream.Access, null);
        Assert.Equal(["access 1", "access 2"], LogSearch.Read([log], new(10), Ct).Select(line => line.Text));
    }

    [Fact]
    public async Task Logrotate_OfWhoAppends_CutsTheFileItHasOpen()
    {
        var path = Path.Combine(folder.Folder("prod/orders"), "access.log");
        await using var writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        await writer.WriteAsync("one\n".AsMemory(), Ct);
        await writer.FlushAsync(Ct);
        var (exit, output) = await RunAsync(LogrotateConfig.Write(folder.Path, "orders", "prod", Prod, new LogWriter.Appending()).Text, "--force");

        Assert.True(exit == 0, output);
        Assert.Equal(0, new FileInfo(path).Length);
        Assert.Equal("one\n", await File.ReadAllTextAsync(Directory.GetFiles(Path.GetDirectoryName(path)!, "access-*").Single(), Ct));
    }

    [Fact]
    public void Logrotate_OfAFolderThatIsAPattern_IsRefused() =>
        Assert.Contains("reads as a pattern", Assert.Single(LogrotateConfig.Write("/var/log/*", "orders", "prod", Prod, new LogWriter.Guard()).Problems), StringComparison.Ordinal);

    [Fact]
    public void Journald_OfARuleWithATotal_HasItsKeysAndNoOthers()
    {
        var config = JournaldConfig.Write("orders", "prod", Prod with { MaxTotalBytes = 2L << 30 });

        Assert.Equal(("journald@orders-prod.conf", "/etc/systemd"), (config.Name, config.Place));
        Assert.Equal(
            ["Storage=persistent", "SystemMaxUse=2147483648", "SystemMaxFileSize=104857600", "MaxRetentionSec=2592000", "MaxFileSec=1day"],
            config.Text.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#')));
        Assert.All(Keys(config.Text), key => Assert.Contains(key, JournaldKeys));
    }

    [Fact]
    public void Journald_OfARuleByNumber_HasFilesOfAllStreamsAndTheirTotal() =>
        Assert.Contains("SystemMaxUse=1258291200\nSystemMaxFileSize=104857600\nSystemMaxFiles=9\nMaxRetentionSec=0\nMaxFileSec=0\n", JournaldConfig.Write("orders", "dev", new()).Text, StringComparison.Ordinal);

    [Fact]
    public void Journald_WhatItCantExpress_IsRefusedByName()
    {
        var unbounded = JournaldConfig.Write("orders", "prod", Prod with { ClassifyBy = "level" });
        var shared = JournaldConfig.WriteShared("dev", [("orders", new()), ("billing", new()), ("mail", new() { KeepFiles = 5 })]);

        Assert.Equal("", unbounded.Text);
        Assert.Equal(["orders: logs.classifyBy", "orders: logs.maxTotal"], unbounded.Problems.Select(problem => string.Join(':', problem.Split(':')[..2])));
        Assert.StartsWith("mail: logs: journald keeps all services of a host alike", Assert.Single(shared.Problems), StringComparison.Ordinal);
        Assert.Equal(("50-myapp.conf", ""), (shared.Name, shared.Text));
    }

    private static IEnumerable<string> Keys(string text) => text.Split('\n').Where(line => line.Length > 0 && line[0] is not ('#' or '[')).Select(line => line.Split('=')[0]);

    private async Task<(int ExitCode, string Output)> RunAsync(string config, string option)
    {
        Assert.SkipUnless(File.Exists(Logrotate), "needs logrotate");
        var path = folder.File(string.Create(CultureInfo.InvariantCulture, $"config/{Guid.NewGuid():N}.conf"), config);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await ToolProcess.RunAsync(Logrotate, ["--verbose", "--state", Path.Combine(folder.Path, "state"), option, path], ct: Ct);
    }
}
