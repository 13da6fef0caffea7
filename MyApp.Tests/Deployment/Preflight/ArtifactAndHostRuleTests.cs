using System.Net;
using System.Net.Sockets;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Artifact;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Preflight;

public sealed class ArtifactAndHostRuleTests
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly BinaryFile Elf = new(BinaryFormat.Elf, "linux", Platforms.Native.Split('/')[1], null, [], DebugInfo: false, null, null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, ArtifactFacts> WrongArtifacts => new()
    {
        { "artifact.architecture", Artifact() with { Binary = Elf with { Architecture = "machine 243" } } },
        { "artifact.static", Artifact() with { Binary = Elf with { Interpreter = "/lib64/ld-linux-x86-64.so.2" } } },
        { "artifact.debug-info", Artifact() with { Binary = Elf with { DebugInfo = true } } },
        { "artifact.setuid", Artifact() with { Mode = Plain | UnixFileMode.SetUser } },
        { "artifact.world-writable", Artifact() with { Mode = Plain | UnixFileMode.OtherWrite } },
        { "host.disk", Artifact() with { FreeBytes = 1999 } },
    };

    public static TheoryData<string, HostFacts> WrongHosts => new()
    {
        { "host.secret", Host() with { MissingSecrets = [("DB", "run.env.DB")] } },
        { "host.port", Host() with { PortOwners = new Dictionary<int, string> { [80] = "nginx (pid 812)" } } },
        { "host.privileged-port", Host() with { IsRoot = false } },
        { "host.files", Host("resources: { files: 2000 }") with { IsRoot = false, FirstFreePort = 0, MostFiles = 1999 } },
        { "host.user", Host() with { UserExists = false } },
        { "host.dependency", Host() with { Dependencies = [new(0, "db", "db:5432", Resolved: true, "refused", null)] } },
        { "host.certificate", Host() with { Dependencies = [new(0, "pay", "pay:443", Resolved: true, null, Now.AddDays(13))] } },
        { "host.clock", Host() with { ClockIsKept = false } },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(WrongArtifacts))]
    public void Rule_OfArtifact_Strikes(string rule, ArtifactFacts facts) =>
        Assert.Equal([rule], PreflightRules.Check(facts, null).Select(finding => finding.Rule));

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(WrongHosts))]
    public void Rule_OfHost_Strikes(string rule, HostFacts facts) =>
        Assert.Equal([rule], PreflightRules.Check(facts, null).Select(finding => finding.Rule));

    [Fact]
    public void Check_NothingWrong_SaysNothing()
    {
        Assert.Empty(PreflightRules.Check(Artifact(), null));
        Assert.Empty(PreflightRules.Check(Host() with { Dependencies = [new(0, "pay", "pay:443", Resolved: true, null, Now.AddDays(15))] }, null));
    }

    [Fact]
    public async Task Inspect_ThisMachine_SeesWhoHoldsAPortAndWhichDependencyIsAway()
    {
        using var held = new TcpListener(IPAddress.Loopback, 0);
        held.Start();
        var port = ((IPEndPoint)held.LocalEndpoint).Port;
        var facts = await HostInspection.InspectAsync(
            Spec($"run: {{ user: no-such-user }}\ndependsOn: [{{ name: here, check: \"tcp://127.0.0.1:{port}\" }}, {{ name: away, check: \"http://no-such-host.invalid\" }}]", port), null, TimeProvider.System, Ct);

        Assert.Contains($"pid {Environment.ProcessId}", facts.PortOwners[port], StringComparison.Ordinal);
        Assert.False(facts.UserExists);
        Assert.Null(facts.Dependencies[0].Trouble);
        Assert.False(facts.Dependencies[1].Resolved);
        Assert.NotNull(facts.Dependencies[1].Trouble);
    }

    [Fact]
    public void Read_AnExecutableOfThisMachine_FindsWhatItsHeaderSays()
    {
        var facts = ArtifactFacts.Read(Spec(), "/bin/sh", Path.GetTempPath());

        Assert.Equal(Platforms.Native, facts.Binary!.Platform);
        Assert.False(facts.Binary.DebugInfo);
        Assert.InRange(facts.FreeBytes!.Value, 1, long.MaxValue);
    }

    private static ArtifactFacts Artifact() => new(Spec(), Elf, Plain, 1000, 2000);

    private static HostFacts Host(string more = "") => new() { Spec = Spec(more, 80), IsRoot = true, MostFiles = 1, UserExists = true, ClockIsKept = true, Now = Now };

    private static ServiceSpec Spec(string more = "", int port = 8080) =>
        SpecReader.Read($"service: orders\nport: {port}\n{more}\n", "myapp.yaml").File!.Find("orders", "prod")!;
}
