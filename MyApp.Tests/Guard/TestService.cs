using System.Text.Json;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Shell scripts as services, and the questions the tests ask about them.</summary>
internal static class TestService
{
    public const string Name = "probe-me";
    public const string Environment = "test";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Script(this GuardProcess guard, string name, string body)
    {
        var path = Path.Combine(guard.DataFolder, name);
        File.WriteAllLines(path, ["#!/bin/sh", body]);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    public static Unit Unit(string executable, int release = 1) => new()
    {
        Service = Name,
        Environment = Environment,
        Release = $"{Name}-{Environment}-{release}",
        Executable = executable,
        WorkingDirectory = "/",
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" },
        Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(100), Max = TimeSpan.FromSeconds(1) },
        Stop = new StopRule { Grace = TimeSpan.FromSeconds(5), Drain = TimeSpan.FromSeconds(2) },
    };

    public static async Task<InstanceStatus> InstanceAsync(this GuardProcess guard, int release, CancellationToken ct) =>
        (await guard.Client.StatusAsync(Name, Environment, ct)).Units.Single(u => u.Release == $"{Name}-{Environment}-{release}").Instances[0];

    /// <summary>Waits until the one instance is as asked.</summary>
    public static async Task<InstanceStatus> UntilAsync(this GuardProcess guard, Func<InstanceStatus, bool> condition, CancellationToken ct, int release = 1)
    {
        var seen = new Sighting();
        await Eventually.TrueAsync(
            async () => condition(seen.Last = await guard.InstanceAsync(release, ct)), $"the instance is as wanted; it is {seen}\n{guard.Journal}", Patience, ct);
        return seen.Last!;
    }

    public static Task<InstanceStatus> UntilStateAsync(this GuardProcess guard, InstanceState state, CancellationToken ct, int release = 1) =>
        guard.UntilAsync(i => i.State == state, ct, release);

    /// <summary>
    /// A small HTTP server on <c>PORT</c>: answers <c>VERSION</c> everywhere, but <c>/health</c> with 503 while the file <c>UNREADY</c>
    /// is there, and <c>/slow</c> only after a second. In perl, as every Debian has it.
    /// </summary>
    public static Unit WebServer(this GuardProcess guard, int publicPort, int release = 1)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        var script = Path.Combine(guard.DataFolder, "web.pl");
        File.WriteAllLines(script, [Server]);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return Unit(script, release) with
        {
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = "/usr/bin:/bin", ["PORT"] = "${port}", ["VERSION"] = $"release {release}", ["UNREADY"] = guard.UnreadyFile(release),
            },
            Ports = [new UnitPort("http", publicPort)],
            Socket = SocketMode.Forward,
            Startup = new Probe { HttpPath = "/", Period = TimeSpan.FromMilliseconds(50) },
            Readiness = new Probe { HttpPath = "/health", Period = TimeSpan.FromMilliseconds(50), Failures = 2 },
        };
    }

    /// <summary>
    /// As <see cref="WebServer"/>, but it accepts from the socket it inherits, and answers all it has accepted before SIGTERM ends it.
    /// It has no probe: one over the port could be answered by any instance.
    /// </summary>
    public static Unit InheritingServer(this GuardProcess guard, int port, int release = 1)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        var script = Path.Combine(guard.DataFolder, "inherit.pl");
        if (!File.Exists(script))
            File.WriteAllLines(script, [InheritingProgram]);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        return Unit(script, release) with
        {
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["VERSION"] = $"release {release}" },
            Ports = [new UnitPort("http", port)],
            Socket = SocketMode.Inherit,
        };
    }

    /// <summary>While it exists, a server of <see cref="WebServer"/> is not ready.</summary>
    public static string UnreadyFile(this GuardProcess guard, int release) => Path.Combine(guard.DataFolder, $"unready-{release}");

    /// <summary>A process that runs, not a zombie.</summary>
    public static bool IsRunning(int pid) => ProcStat.Of(pid) is { IsZombie: false };

    private const string Server = """
        #!/usr/bin/perl
        use strict; use IO::Socket::INET; $| = 1; $SIG{PIPE} = 'IGNORE';
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die "bind: $!";
        print "listening on $ENV{PORT}\n";
        while (my $c = $s->accept) {
            my $first = <$c> // ''; while (my $l = <$c>) { last if $l eq "\r\n"; }
            my $status = ($first =~ m{ /health } && -e $ENV{UNREADY}) ? '503 Service Unavailable' : '200 OK';
            sleep 1 if $first =~ m{ /slow };
            print $c "HTTP/1.1 $status\r\nContent-Length: " . length($ENV{VERSION}) . "\r\nConnection: close\r\n\r\n$ENV{VERSION}";
            close $c;
        }
        """;

    // select first, as accept would be restarted after the signal; SIGTERM in an answer only takes note.
    public const string InheritingProgram = """
        #!/usr/bin/perl
        use strict; use IO::Socket::INET; use IO::Select; $| = 1; $SIG{PIPE} = 'IGNORE';
        my $over = 0; $SIG{TERM} = sub { $over = 1 };
        my $s = IO::Socket::INET->new_from_fd(3, 'r+') or die "fd 3: $!"; $s->blocking(0);
        my $ready = IO::Select->new($s);
        print "listening\n";
        while (!$over) {
            next unless $ready->can_read(0.05);
            my $c = $s->accept or next; $c->blocking(1);
            my $first = <$c> // ''; while (my $l = <$c>) { last if $l eq "\r\n"; }
            select(undef, undef, undef, 0.2) if $first =~ m{ /slow };
            print $c "HTTP/1.1 200 OK\r\nContent-Length: " . length($ENV{VERSION}) . "\r\nConnection: close\r\n\r\n$ENV{VERSION}";
            close $c;
        }
        """;

    private sealed class Sighting
    {
        public InstanceStatus? Last { get; set; }

        public override string ToString() => JsonSerializer.Serialize(Last);
    }
}
