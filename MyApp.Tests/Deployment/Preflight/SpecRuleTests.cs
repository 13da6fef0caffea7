using MyApp.Deployment.Preflight;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Preflight;

public sealed class SpecRuleTests
{
    private const string Good = "service: orders\nport: 8080\nhealth: { readiness: { http: /ready } }\n";
    private static readonly DateOnly Today = new(2026, 6, 1);

    [Theory]
    [InlineData("spec.target", "target: systemd", "target: guard")]
    [InlineData("build.platforms", "build: { platforms: [linux/riscv64] }", "build: {}")]
    [InlineData("spec.public-bind", "run: { env: { ADDR: \"0.0.0.0:${port}\" } }", "run: { env: { ADDR: \"127.0.0.1:${port}\" } }")]
    [InlineData("spec.public-bind", "run: { args: [--listen=:8080] }", "run: { args: [--retry=10:8080x, \"--at=10:30\"] }")]
    [InlineData("spec.public-bind", "run: { env: { ASPNETCORE_URLS: \"http://+:8080\" } }", "run: { env: { ASPNETCORE_URLS: \"http://localhost:8080\" } }")]
    [InlineData("spec.public-bind", "run: { args: [\"[::]:80\"] }", "expose: public\nrun: { args: [\"[::]:80\"] }")]
    [InlineData("spec.public-bind", "expose: host\nsocket: none", "expose: host")]
    [InlineData("spec.plaintext-secret", "run: { env: { DB_PASSWORD: hunter2 } }", "run: { env: { DB_PASSWORD_FILE: /run/db, TOKEN_TTL: 30s, PASSWORD_URL: x } }")]
    [InlineData("spec.plaintext-secret", "run: { env: { DB: \"postgres://orders:hunter2@db/orders\" } }", "run: { env: { DB: \"postgres://orders@db/orders\" } }")]
    [InlineData("spec.plaintext-secret", "run: { args: [--api-key=abcdef] }", "run: { args: [--api-key=/run/key] }")]
    [InlineData("spec.plaintext-secret", "run: { env: { X: AKIAABCDEFGHIJKLMNOP } }", "run: { env: { X: AKIA } }")]
    [InlineData("spec.plaintext-secret", "app: { db: { password: hunter2 } }\nconfig: { deliver: file }", "app: { db: { password: \"${secret:DB}\" } }\nconfig: { deliver: file }")]
    [InlineData("spec.debug-mode", "app: { gin: { mode: debug } }\nconfig: { deliver: env }", "app: { gin: { mode: debug } }\nconfig: { deliver: file, format: json }")]
    [InlineData("spec.secret-argument", "run: { args: [\"--password=${secret:DB}\"] }", "run: { args: [--password-file=/x] }")]
    [InlineData("spec.debug-mode", "run: { env: { GIN_MODE: debug } }", "run: { env: { GIN_MODE: release } }")]
    [InlineData("spec.debug-mode", "run: { env: { ASPNETCORE_ENVIRONMENT: development } }", "run: { env: { ASPNETCORE_ENVIRONMENT: Production } }")]
    [InlineData("spec.management", "run: { env: { MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: \"*\" } }", "run: { env: { MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: \"info, health\" } }")]
    [InlineData("spec.management", "run: { args: [--enable-pprof=true] }", "run: { args: [--enable-pprof=false] }")]
    [InlineData("spec.root", "run: { user: root }", "run: { user: orders }")]
    [InlineData("spec.readiness", "health: { readiness: off }", "replicas: 2")]
    [InlineData("spec.grace", "stop: { grace: 8s, drain: 5s }", "stop: { grace: 10s, drain: 5s }")]
    [InlineData("spec.socket", "socket: none", "socket: forward")]
    [InlineData("spec.accept", "accept: [nothing.like-it]", "accept: [build.platforms]")]
    [InlineData("spec.accept", "accept: [spec.root]", "accept: [{ rule: spec.root, reason: legacy, until: 2026-06-01 }]")]
    [InlineData("spec.accept", "accept: [{ rule: spec.target, reason: x, until: 2026-06-02 }]", "accept: []")]
    public void Rule_OfWhatItIsAbout_StrikesThereAndNowhereElse(string rule, string wrong, string right)
    {
        Assert.Contains(Check(wrong, "prod"), finding => finding.Rule == rule);
        Assert.DoesNotContain(Check(right, "prod"), finding => finding.Rule == rule);
    }

    [Fact]
    public void Check_AGoodSpec_SaysNothing() => Assert.Empty(Check("", "prod"));

    [Fact]
    public void Check_APlaintextSecret_IsNamedAndNotShown()
    {
        var findings = Check("run: { env: { DB_PASSWORD: hunter2 }, args: [--token=hunter2, \"postgres://a:hunter2@b\"] }", "dev");

        Assert.Equal(3, findings.Count(finding => finding.Rule == "spec.plaintext-secret"));
        Assert.DoesNotContain(findings, finding => $"{finding}".Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("prod", Severity.Error)]
    [InlineData("live", Severity.Error)]
    [InlineData("dev", Severity.Warning)]
    public void Level_IsThatOfTheEnvironmentOrOfWhatItInheritsFrom(string environment, Severity level) =>
        Assert.Equal(level, Assert.Single(Check("run: { user: root }\nenvironments: { live: { inherits: prod } }", environment)).Level);

    [Theory]
    [InlineData("accept: [{ rule: spec.root, reason: old kernel, until: 2026-06-01 }]", Severity.Warning, "(accepted until 2026-06-01: old kernel)")]
    [InlineData("accept: [{ rule: spec.root, reason: old kernel, until: 2026-05-31 }]", Severity.Error, "(the acceptance ended on 2026-05-31)")]
    [InlineData("preflight: { spec.root: warning }", Severity.Error, "runs as root")]
    public void Level_OfAnErrorInProd_IsLoweredOnlyByAnAcceptanceThatStillHolds(string more, Severity level, string says)
    {
        var finding = Assert.Single(Check("run: { user: root }\n" + more, "prod"));

        Assert.Equal(level, finding.Level);
        Assert.Contains(says, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Level_RaisedBySpec_Holds() =>
        Assert.Equal(Severity.Error, Assert.Single(Check("run: { user: root }\npreflight: { spec.root: error }", "dev")).Level);

    [Theory]
    [InlineData("accept: [{ rule: spec.root, reason: x }]", "myapp.yaml:4:10: an acceptance needs a rule, a reason and a last day")]
    [InlineData("accept: [{ rule: spec.root, reason: x, until: soon }]", "'soon' is not a value for accept[0].until; write the last day it holds, e.g. 2027-01-31")]
    [InlineData("preflight: { spec.rot: error }", "there is no rule 'spec.rot'; did you mean 'spec.root'?")]
    [InlineData("preflight: { spec.root: off }", "'off' is not a value for preflight.spec.root; write one of warning, error")]
    public void Read_AWrongAcceptanceOrLevel_IsRefusedWithItsPlace(string wrong, string says) =>
        Assert.Contains(SpecReader.Read(Good + wrong + "\n", "myapp.yaml").Problems, problem => $"{problem}".Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Rules_EachIsExplainedWhereItsLinkPoints()
    {
        var lines = File.ReadAllLines(Repository.File("docs", "preflight.md"));

        Assert.Equal(PreflightRules.All.Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal), PreflightRules.All.Select(rule => rule.Id).Order(StringComparer.Ordinal));
        Assert.All(PreflightRules.All, rule => Assert.Contains($"### {rule.Id}", lines));
    }

    private static IReadOnlyList<Finding> Check(string more, string environment)
    {
        var text = more.StartsWith("health:", StringComparison.Ordinal) ? "service: orders\nport: 8080\n" + more : Good + more;
        var read = SpecReader.Read(text + "\n", "myapp.yaml");
        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        return PreflightRules.Check(read.File!.Find("orders", environment)!, Today);
    }
}
