using System.Globalization;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Processes;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Spawning;

/// <summary>With real processes.</summary>
public sealed class SessionMembersTests
{
    private const string Mark = "MYAPP_INSTANCE=members/test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SessionMembers members = new(Ended(), isChild: false, Mark, new ProcessTable(TimeProvider.System));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Orphan_WhoseEnvironmentIsGone_RemainsOneThatWasFound()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var orphan = await StartAsync();
        var pid = int.Parse(orphan.Output, CultureInfo.InvariantCulture);
        Assert.Contains(members.Members(TimeSpan.Zero), m => m.Pid == pid);

        // As many a server does, it shows its title in the place where its environment was.
        Signals.Send(pid, Signals.Hangup);
        await orphan.WaitForLineAsync(l => l == "renamed", Patience, Ct);

        Assert.False(ProcFs.HasVariable(pid, Mark));
        Assert.Contains(members.Members(TimeSpan.Zero), m => m.Pid == pid);
        members.Kill();
        await Eventually.TrueAsync(() => members.Members(TimeSpan.Zero).Count == 0, $"{pid} is gone", Patience, Ct);
        Assert.True(members.IsEmpty());
    }

    [Fact]
    public async Task Orphan_IsFoundThoughTheNumberOfItsLeaderIsAStrangers()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var orphan = await StartAsync();
        await using var stranger = ToolProcess.Start("/usr/bin/setsid", ["sleep", "1000"]);
        var reused = new SessionMembers(Ended() with { Pid = stranger.Pid }, isChild: false, Mark, new ProcessTable(TimeProvider.System));

        var found = reused.Members(TimeSpan.Zero);

        Assert.Contains(found, m => $"{m.Pid}" == orphan.Output);
        Assert.DoesNotContain(found, m => m.Pid == stranger.Pid);
    }

    private static ProcessIdentity Ended() => new(int.MaxValue, 1, ProcFs.BootId);

    // Of a session of its own, as is its parent, this process.
    private static async Task<ToolProcess> StartAsync()
    {
        var program = "$SIG{HUP} = sub { $0 = 'x' x 100000; print \"renamed\\n\" }; $| = 1; print \"$$\\n\"; sleep 1 while 1";
        var started = ToolProcess.Start(
            "/usr/bin/setsid", ["-w", "/usr/bin/perl", "-e", program], new Dictionary<string, string?> { ["MYAPP_INSTANCE"] = Mark.Split('=')[1] });
        await started.WaitForLineAsync(l => l.Length > 0, Patience, Ct);
        return started;
    }
}
