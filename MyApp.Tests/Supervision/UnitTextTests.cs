using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

/// <summary>The small texts: placeholders, log lines, and the check of units that come from outside.</summary>
public sealed class UnitTextTests
{
    private static readonly Dictionary<string, int> Ports = new() { ["http"] = 41001, ["metrics"] = 41002 };

    private static readonly Unit Good = new()
    {
        Service = "orders", Environment = "dev", Release = "orders-dev-1", Executable = "/srv/orders", Ports = [new UnitPort("http", 8080)],
    };

    [Theory]
    [InlineData("${port}", "41001")]
    [InlineData("127.0.0.1:${port:metrics}/${instance}", "127.0.0.1:41002/orders-dev-1.0")]
    [InlineData("${port}${port}", "4100141001")]
    [InlineData("${port:nosuch} ${other} $port ${port", "${port:nosuch} ${other} $port ${port")]
    [InlineData("--config=${config}", "--config=/run/app.json")]
    [InlineData("", "")]
    public void Placeholders_AreFilledInAndTheRestIsLeft(string text, string expected) =>
        Assert.Equal(expected, Placeholders.Fill(text, "orders-dev-1.0", Ports, "http", "/run/app.json"));

    [Fact]
    public void Placeholder_BroughtInByAValue_IsNotFilledIn() =>
        Assert.Equal("${port}", Placeholders.Fill("${instance}", "${port}", Ports, "http"));

    [Fact]
    public void Placeholders_OfAnEscapedText_AreItsOwn() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
    {
        var odd = text.Get + "${port}$${$}${" + text.Get;
        return Placeholders.Fill(Placeholders.Escape(odd), "i", Ports, "http") == odd;
    }));

    [Fact]
    public void Placeholders_InATextWithoutDollar_ChangeNothing() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
    {
        var plain = text.Get.Replace("$", "", StringComparison.Ordinal);
        return Placeholders.Fill(plain, "i", Ports, "http") == plain;
    }));

    [Fact]
    public void LogLine_WrittenAndParsed_IsTheSame() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
    {
        var time = new DateTimeOffset(2026, 11, 23, 14, 2, 11, TimeSpan.FromHours(1)).AddTicks(1234560);
        var parsed = LogLineFormat.TryParse(LogLineFormat.Prefix(time, "orders-dev-1.0") + text.Get, out var at, out var instance, out var body);
        return parsed && at == time && instance == "orders-dev-1.0" && body == text.Get;
    }));

    [Theory]
    [InlineData("")]
    [InlineData("no time here")]
    [InlineData("2026-11-23T14:02:11.123456+00:00")]
    public void LogLine_OfAnotherForm_IsNotTaken(string line) => Assert.False(LogLineFormat.TryParse(line, out _, out _, out _));

    [Fact]
    public void Check_OfAGoodUnit_FindsNothing() => Assert.Empty(UnitCheck.Problems(Good));

    [Theory]
    [InlineData("../x")]
    [InlineData("Orders")]
    [InlineData("1a")]
    [InlineData("")]
    [InlineData("a/b")]
    public void Check_OfANameThatCouldLeaveItsFolder_Refuses(string name)
    {
        Assert.Contains(UnitCheck.Problems(Good with { Service = name }), p => p.StartsWith("service:", StringComparison.Ordinal));
        Assert.Contains(UnitCheck.Problems(Good with { Environment = name }), p => p.StartsWith("environment:", StringComparison.Ordinal));
    }

    [Fact]
    public void Check_NamesEachProblemByItsField()
    {
        var bad = Good with
        {
            Release = "../1",
            Executable = "orders",
            Args = ["a\0b"],
            Replicas = 0,
            Ports = [new UnitPort("http", 0), new UnitPort("http", 8080)],
            Readiness = new Probe { HttpPath = "/a b", Tcp = false, Port = "other" },
            Liveness = new Probe(),
            Env = new Dictionary<string, string> { ["A=B"] = "" },
        };

        var fields = UnitCheck.Problems(bad).Select(p => p.Split(':')[0]).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(["args", "env", "executable", "liveness", "ports", "readiness.httpPath", "readiness.port", "release", "replicas"], fields);
    }

    [Fact]
    public void Check_OfSeveralCopiesOnOnePort_Refuses()
    {
        Assert.NotEmpty(UnitCheck.Problems(Good with { Replicas = 2 }));
        Assert.Empty(UnitCheck.Problems(Good with { Replicas = 2, Socket = SocketMode.Forward }));
    }

    [Fact]
    public void Check_OfInheritedSockets_RefusesWhatCantWorkWithThem()
    {
        var unit = Good with { Socket = SocketMode.Inherit, Readiness = new Probe { HttpPath = "/" } };

        Assert.Empty(UnitCheck.Problems(unit));
        Assert.Empty(UnitCheck.Problems(unit with { Readiness = null, OnDemand = new OnDemandRule(TimeSpan.FromMinutes(1)) }));
        Assert.StartsWith("readiness:", UnitCheck.Problems(unit with { OnDemand = new OnDemandRule(TimeSpan.FromMinutes(1)) }).Single(), StringComparison.Ordinal);
        Assert.StartsWith("ports:", UnitCheck.Problems(unit with { Ports = [new UnitPort("a:b", 8080)] }).Single(), StringComparison.Ordinal);
    }
}
