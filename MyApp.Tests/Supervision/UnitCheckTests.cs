using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

/// <summary>Every value and combination that a target must not be given, each with the field that is named.</summary>
public sealed class UnitCheckTests
{
    private static readonly Unit Good = new()
    {
        Service = "orders", Environment = "dev", Release = "orders-dev-1", Executable = "/bin/orders", Ports = [new("http", 8080)], Socket = SocketMode.Forward,
    };

    private static readonly Unit Job = Good with { Job = new(), Ports = [], Socket = SocketMode.None, Restart = new() { Policy = RestartPolicy.OnFailure } };

    private static readonly Dictionary<string, Unit> Bad = new(StringComparer.Ordinal)
    {
        ["startup"] = Good with { Startup = new() { Tcp = true, Notify = true } },
        ["readiness"] = Good with { Readiness = new() { HttpPath = "/", Grpc = "" } },
        ["liveness.exec"] = Good with { Liveness = new() { Exec = ["true"] } },
        ["readiness.https"] = Good with { Readiness = new() { Tcp = true, Https = true } },
        ["readiness.grpc"] = Good with { Readiness = new() { Grpc = "a b" } },
        ["liveness.notify"] = Good with { Liveness = new() { Notify = true } },
        ["startup.port"] = Good with { Startup = new() { Exec = ["/bin/true"], Port = "http" } },
        ["startup.budget"] = Good with { Startup = new() { Tcp = true, Budget = TimeSpan.Zero } },
        ["liveness"] = Good with { Ports = [], Socket = SocketMode.None, Liveness = new() { Grpc = "" } },
        ["heartbeat.interval"] = Good with { Heartbeat = new(TimeSpan.Zero) },
        ["stop.quit"] = Good with { Stop = new() { Quit = true, Grace = StopRule.QuitBefore } },
        ["stop.preStop"] = Good with { Stop = new() { PreStop = ["sync"] } },
        ["onDemand"] = Good with { Socket = SocketMode.None, OnDemand = new(TimeSpan.FromMinutes(1)) },
        ["onDemand.idleAfter"] = Good with { OnDemand = new(TimeSpan.Zero) },
        ["rolling"] = Good with { Rolling = new() { MaxUnavailable = 0 } },
        ["rolling.maxSurge"] = Good with { Socket = SocketMode.None, Rolling = new() { MaxSurge = 1 } },
        ["job.schedule"] = Job with { Job = new() { Schedule = "soon" } },
        ["job.timeZone"] = Job with { Job = new() { TimeZone = "Mars/Olympus" } },
        ["job.retries"] = Job with { Job = new() { Retries = -1 } },
        ["replicas"] = Job with { Replicas = 2 },
        ["socket"] = Good with { Job = new(), Restart = Job.Restart },
        ["restart.policy"] = Job with { Restart = new() },
        ["restart.noRestartExits"] = Good with { Restart = new() { NoRestartExits = [256] } },
        ["process.umask"] = Good with { Process = new() { Umask = 512 } },
        ["process.nice"] = Good with { Process = new() { Nice = 20 } },
        ["process.oomScoreAdjust"] = Good with { Process = new() { OomScoreAdjust = -1001 } },
        ["process"] = Good with { Process = new() { StackBytes = -1 } },
        ["process.groups"] = Good with { Process = new() { Groups = ["a:b"] } },
        ["logs.keepFor"] = Good with { Logs = new() { KeepFor = TimeSpan.Zero } },
        ["logs.maxTotalBytes"] = Good with { Logs = new() { MaxTotalBytes = 1 } },
        ["logs.classifyBy"] = Good with { Logs = new() { ClassifyBy = "" } },
        ["resources.pids"] = Good with { Resources = new() { Pids = 0 } },
        ["resources.cpu"] = Good with { Resources = new() { CpuLimitMillicores = 0 } },
        ["resources.memory"] = Good with { Resources = new() { MemoryLimitBytes = 0 } },
        ["resources"] = Good with { Resources = new() { CpuRequestMillicores = 2, CpuLimitMillicores = 1 } },
        ["dependsOn"] = Depends(new() { Name = "a", Service = "a" }, new() { Name = "a", Service = "b" }),
        ["dependsOn.a"] = Depends(new UnitDependency { Name = "a", Service = "a", Check = "tcp://127.0.0.1:1" }),
        ["dependsOn.a.service"] = Depends(new UnitDependency { Name = "a", Service = "orders" }),
        ["dependsOn.a.check"] = Depends(new UnitDependency { Name = "a", Check = "tcp://127.0.0.1" }),
        ["dependsOn.a.exec"] = Depends(new UnitDependency { Name = "a", Exec = ["pg_isready"] }),
        ["dependsOn.a.condition"] = Depends(new UnitDependency { Name = "a", Check = "redis://127.0.0.1", Condition = DependencyCondition.Completed }),
        ["dependsOn.a.timeout"] = Depends(new UnitDependency { Name = "a", Service = "b", Timeout = TimeSpan.Zero }),
    };

    public static TheoryData<string> Fields => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Problems_OfABadValue_NameItsFieldAndNothingElse(string field) =>
        Assert.Equal([field], UnitCheck.Problems(Bad[field]).Select(problem => problem.Split(": ")[0]).Distinct());

    [Fact]
    public void Problems_OfAJobAndOfWhatGoesTogether_AreNone()
    {
        Assert.Empty(UnitCheck.Problems(Job with { Job = new() { Schedule = "0 3 * * *", TimeZone = "Europe/Berlin" } }));
        Assert.Empty(UnitCheck.Problems(Good with
        {
            Startup = new() { Notify = true }, Readiness = new() { HttpPath = "/", Https = true }, Liveness = new() { Grpc = "" }, Heartbeat = new(TimeSpan.FromSeconds(1)),
            OnDemand = new(TimeSpan.FromMinutes(1)), Rolling = new() { MaxUnavailable = 0, MaxSurge = 1 }, Stop = new() { Quit = true, PreStop = ["/bin/true"] },
        }));
    }

    private static Unit Depends(params UnitDependency[] dependencies) => Good with { DependsOn = dependencies };
}
