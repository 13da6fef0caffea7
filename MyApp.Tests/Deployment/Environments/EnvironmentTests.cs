using MyApp.Deployment.Environments;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Tests.Deployment.Environments;

public sealed class EnvironmentTests
{
    private const string Service = "service: orders\nport: 8080\n";

    [Theory]
    [InlineData("main", "main", true)]
    [InlineData("main", "mainline", false)]
    [InlineData("main", "Main", false)]
    [InlineData("release/*", "release/1.2", true)]
    [InlineData("release/*", "release/1.2/fix", true)]
    [InlineData("release/*", "release", false)]
    [InlineData("*", "anything/at/all", true)]
    [InlineData("*-fix", "urgent-fix", true)]
    [InlineData("a*b*c", "a-b-c", true)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("aba*ba", "aba", false)]
    public void Pattern_MatchesTheWholeNameOrNothing(string pattern, string branch, bool matches) => Assert.Equal(matches, BranchPattern.Matches(pattern, branch));

    [Theory]
    [InlineData("2026-12-19", "2027-01-03", "2026-12-18T23:59:59Z", false)]
    [InlineData("2026-12-19", "2027-01-03", "2026-12-19T00:00:00Z", true)]
    [InlineData("2026-12-19", "2027-01-03", "2027-01-03T23:59:59Z", true)]
    [InlineData("2026-12-19", "2027-01-03", "2027-01-04T00:00:00Z", false)]
    [InlineData("2026-12-19T18:00+01:00", "2026-12-19T19:00+01:00", "2026-12-19T17:30:00Z", true)]
    [InlineData("2026-12-19T18:00+01:00", "2026-12-19T19:00+01:00", "2026-12-19T18:00:00Z", false)]
    [InlineData("2026-12-19T18:00", "2026-12-19T19:00:30", "2026-12-19T19:00:29Z", true)]
    public void Freeze_HoldsFromItsFirstMomentToItsLast(string from, string until, string now, bool holds)
    {
        var window = Rules($"environments: {{ prod: {{ freeze: [{{ from: \"{from}\", until: \"{until}\", reason: r }}] }} }}", "prod").Freezes.Single();

        Assert.Equal(holds, window.Holds(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Rules_AreInherited_BranchesReplacedOrAppendedToAndFreezesAdded()
    {
        const string text = """
            environments:
              prod: { branches: [main], freeze: [{ from: 2026-12-19, until: 2027-01-03, reason: holidays }] }
              eu: { inherits: prod, +branches: ["hotfix/*"], freeze: [{ from: 2026-05-01, until: 2026-05-01, reason: labour day }] }
              us: { inherits: eu, branches: [us] }
            """;

        Assert.Equal(["main", "hotfix/*"], Rules(text, "eu").Branches);
        Assert.Equal(["holidays", "labour day"], Rules(text, "eu").Freezes.Select(window => window.Reason));
        Assert.Equal(["us"], Rules(text, "us").Branches);
        Assert.Equal(2, Rules(text, "us").Freezes.Count);
        Assert.Empty(Rules(text, "dev").Branches);
    }

    [Theory]
    [InlineData("branches: main", "environments.prod.branches must be a list of texts")]
    [InlineData("branches: [\"a b\"]", "'a b' is no name of a branch; write it as main or release/*")]
    [InlineData("branches: [a], +branches: [b]", "both 'branches' and '+branches' are given")]
    [InlineData("freeze: [{ from: 2026-12-19, until: 2027-01-03 }]", "a freeze needs a beginning, an end and a reason")]
    [InlineData("freeze: [{ from: soon, until: 2027-01-03, reason: r }]", "'soon' is not a value for environments.prod.freeze[0].from")]
    [InlineData("freeze: [{ from: 2027-01-04, until: 2027-01-03, reason: r }]", "it ends before it begins")]
    [InlineData("freeze: [{ from: 2026-12-19, until: 2027-01-03, reason: r, till: x }]", "unknown key 'till'")]
    public void Read_AWrongRule_IsRefusedWithItsPlace(string wrong, string says) => Assert.Contains(
        SpecReader.Read($"{Service}environments:\n  prod: {{ {wrong} }}\n", "myapp.yaml").Problems, problem => problem.Origin.Line == 4 && $"{problem}".Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Read_RulesOfAnEnvironment_AreNoKeysOfAService() =>
        Assert.Contains(SpecReader.Read($"{Service}branches: [main]\n", "myapp.yaml").Problems, problem => problem.Message.Contains("unknown key 'branches'", StringComparison.Ordinal));

    [Theory]
    [InlineData("prod", true)]
    [InlineData("eu", true)]
    [InlineData("dev", false)]
    public void Preflight_OfAFrozenEnvironment_RefusesWithReasonAndEnd(string environment, bool refused)
    {
        const string text = "environments: { prod: { freeze: [{ from: 2026-12-19, until: 2027-01-03, reason: holidays }] }, eu: { inherits: prod } }";

        var findings = Check(text, environment, new(2026, 12, 25, 12, 0, 0, TimeSpan.Zero)).Where(finding => finding.Rule == "environment.freeze").ToList();

        Assert.Equal(refused ? [$"{environment} is frozen until 2027-01-04 00:00Z: holidays"] : [], findings.Select(finding => finding.Message));
        Assert.All(findings, finding => Assert.Equal(Severity.Error, finding.Level));
    }

    [Fact]
    public void Preflight_OfAFrozenEnvironmentThatIsAccepted_OnlyWarns()
    {
        const string text = "accept: [{ rule: environment.freeze, reason: outage 42, until: 2026-12-26 }]\nenvironments: { prod: { freeze: [{ from: 2026-12-19, until: 2027-01-03, reason: holidays }] } }";

        var finding = Assert.Single(Check(text, "prod", new(2026, 12, 25, 12, 0, 0, TimeSpan.Zero)), finding => finding.Rule == "environment.freeze");

        Assert.Equal(Severity.Warning, finding.Level);
        Assert.Contains("accepted until 2026-12-26: outage 42", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prod", null)]
    [InlineData("eu", null)]
    [InlineData("prd", "myapp.yaml has no environment 'prd': did you mean 'prod'? Or add it, as in 'environments: { prd: {} }'")]
    [InlineData("quality", "myapp.yaml has no environment 'quality': there are dev, test, staging, prod, eu; or add it, as in 'environments: { quality: {} }'")]
    public void Environment_NeitherBuiltInNorWritten_IsUnknown(string environment, string? says) =>
        Assert.Equal(says, File("environments: { eu: { inherits: prod } }").UnknownEnvironment(environment));

    private static EnvironmentRules Rules(string text, string environment) => File(text).Find("orders", environment)!.Rules;

    private static IReadOnlyList<Finding> Check(string text, string environment, DateTimeOffset now) =>
        PreflightRules.Check(new HostFacts { Spec = File(text).Find("orders", environment)!, Now = now }, DateOnly.FromDateTime(now.UtcDateTime));

    private static SpecFile File(string text)
    {
        var read = SpecReader.Read($"{Service}{text}\n", "myapp.yaml");
        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        return read.File!;
    }
}
