using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;

namespace MyApp.Tests.Supervision;

/// <summary>What real programs say when they end, and what is read from it.</summary>
public sealed class ExitReadingTests
{
    private static readonly ExitCause Exit1 = new(ExitKind.Exited, 1);

    [Theory]
    [InlineData("listen tcp :8080: bind: address already in use", 8080)] // Go
    [InlineData("[GIN-debug] [ERROR] listen tcp 127.0.0.1:8080: bind: address already in use", 8080)]
    [InlineData("nginx: [emerg] bind() to 0.0.0.0:8080 failed (98: Address already in use)", 8080)]
    [InlineData("Error: listen EADDRINUSE: address already in use :::8080", 8080)] // node
    [InlineData("OSError: [Errno 98] Address already in use", 8080)] // Python: the port is the unit's
    [InlineData("java.net.BindException: Address already in use (Bind failed)", 8080)]
    [InlineData("System.IO.IOException: Failed to bind to address http://127.0.0.1:8080: address already in use.", 8080)]
    [InlineData("bind: Address already in use at web.pl line 3.", 8080)] // perl
    [InlineData("Could not create server TCP listening socket *:6379: bind: Address already in use", 6379)] // redis
    public void PortTaken_IsReadWithItsOwner(string line, int port)
    {
        var facts = new ExitFacts { Cause = Exit1, Lines = ["starting", line], Ports = [8080], PortOwner = p => p == port ? "nginx (pid 812)" : null };

        Assert.Equal((DossierCause.PortTaken, $"port {port} is taken by nginx (pid 812)"), ExitReading.Read(facts));
    }

    [Fact]
    public void PortTaken_ByNobodyAnyMore_SaysSo() => Assert.Equal(
        (DossierCause.PortTaken, "port 8080 was taken; now nobody has it"),
        ExitReading.Read(new ExitFacts { Cause = Exit1, Lines = ["listen tcp :8080: bind: address already in use"] }));

    [Theory]
    [InlineData("./app: error while loading shared libraries: libfoo.so.1: cannot open shared object file: No such file or directory", "the library libfoo.so.1 can't be loaded: it is not there")]
    [InlineData("Error loading shared library libfoo.so.1: No such file or directory (needed by ./app)", "the library libfoo.so.1 can't be loaded: it is not there")]
    [InlineData("./app: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by ./app)", "a library is too old: version `GLIBC_2.38' not found (required by ./app)")]
    public void MissingLibrary_IsNamed(string line, string reason) =>
        Assert.Equal((DossierCause.MissingLibrary, reason), ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Exited, 127), Lines = [line] }));

    [Theory]
    [InlineData("panic: runtime error: index out of range [3] with length 2", "goroutine 1 [running]:", "panic: runtime error: index out of range [3] with length 2")]
    [InlineData("fatal error: all goroutines are asleep - deadlock!", "", "fatal error: all goroutines are asleep - deadlock!")]
    [InlineData("Unhandled exception. System.InvalidOperationException: no", "   at Program.<Main>$(String[] args)", "Unhandled exception. System.InvalidOperationException: no")]
    [InlineData("TypeError: x is not a function", "    at Object.<anonymous> (/srv/a.js:1:7)", "TypeError: x is not a function")]
    [InlineData("thread 'main' panicked at src/main.rs:2:5:", "no luck", "thread 'main' panicked at src/main.rs:2:5: no luck")]
    [InlineData("Traceback (most recent call last):", "ValueError: no", "ValueError: no")]
    [InlineData("Exception in thread \"main\" java.lang.IllegalStateException: no", "\tat A.main(A.java:3)", "Exception in thread \"main\" java.lang.IllegalStateException: no")]
    public void UncaughtError_IsQuoted(string line, string next, string reason) =>
        Assert.Equal((DossierCause.UncaughtError, reason), ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Exited, 2), Lines = ["hello", line, next] }));

    [Theory]
    [InlineData(ExitKind.NotStarted, 2, DossierCause.NotFound)]
    [InlineData(ExitKind.NotStarted, 13, DossierCause.NotPermitted)]
    [InlineData(ExitKind.NotStarted, 8, DossierCause.WrongFormat)]
    [InlineData(ExitKind.Exited, 78, DossierCause.BadConfig)]
    [InlineData(ExitKind.Exited, 3, DossierCause.Exited)]
    [InlineData(ExitKind.Exited, 0, DossierCause.Exited)]
    [InlineData(ExitKind.Killed, 11, DossierCause.Killed)]
    [InlineData(ExitKind.Unknown, 0, DossierCause.Unknown)]
    public void Exit_WithoutAWord_IsReadFromItsStatus(ExitKind kind, int code, DossierCause cause) =>
        Assert.Equal(cause, ExitReading.Read(new ExitFacts { Cause = new ExitCause(kind, code) }).Cause);

    [Fact]
    public void ExitOfAShell_WhoseProgramWasKilled_SaysBySignal() =>
        Assert.Equal((DossierCause.Exited, "128 + 11: what it ran was killed by SIGSEGV"), ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Exited, 139) }));

    [Theory]
    [InlineData(StopReason.Requested, DossierCause.Requested)]
    [InlineData(StopReason.Shutdown, DossierCause.Requested)]
    [InlineData(StopReason.Restart, DossierCause.Requested)]
    [InlineData(StopReason.Unhealthy, DossierCause.Unhealthy)]
    [InlineData(StopReason.Silent, DossierCause.Unhealthy)]
    [InlineData(StopReason.StartupTimeout, DossierCause.StartupTimeout)]
    [InlineData(StopReason.Idle, DossierCause.Idle)]
    [InlineData(StopReason.DependencyLost, DossierCause.DependencyLost)]
    [InlineData(StopReason.StoppedWithDependency, DossierCause.DependencyLost)]
    public void Exit_OfWhatWasStopped_IsReadFromWhy(StopReason why, DossierCause cause) =>
        Assert.Equal((cause, "why"), ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Killed, 15), StopReason = why, Stopped = "why" }));

    [Fact]
    public void StartupThatDidNotPass_IsToldWithWhatTheProgramSaid() => Assert.Equal(
        (DossierCause.StartupTimeout, "too late: port 8080 is taken by nginx (pid 812)"),
        ExitReading.Read(new ExitFacts
        {
            Cause = new ExitCause(ExitKind.Killed, 15), StopReason = StopReason.StartupTimeout, Stopped = "too late",
            Lines = ["bind 127.0.0.1:8080: address already in use"], PortOwner = _ => "nginx (pid 812)",
        }));

    [Fact]
    public void OutOfMemory_NamesTheLimit() => Assert.Equal(
        (DossierCause.OutOfMemory, "the kernel killed it for memory: its limit is 128 MiB"),
        ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Killed, 9), OutOfMemory = true, MemoryLimitBytes = 128 << 20 }));

    [Fact]
    public void Success_IsNotReadFromOldWords() =>
        Assert.Equal((DossierCause.Exited, null), ExitReading.Read(new ExitFacts { Cause = new ExitCause(ExitKind.Exited), Lines = ["panic: an old one"] }));

    [Fact]
    public void GoroutineDump_IsFoundFromItsFirstLine()
    {
        string[] lines = ["serving", "SIGQUIT: quit", "PC=0x46c2a1 m=0 sigcode=0", "", "goroutine 0 gp=0x5a2b40 m=0 mp=0x5a3a00 [idle]:", "runtime.futex(…)", "goroutine 1 [IO wait]:", "x"];

        Assert.Equal(string.Join('\n', lines[1..]), GoroutineDump.Find(lines));
        Assert.Null(GoroutineDump.Find(["SIGQUIT: quit", "but no Go program"]));
        Assert.Null(GoroutineDump.Find(["goroutine 1 [running]:"]));
    }
}
