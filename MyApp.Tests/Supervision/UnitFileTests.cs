using System.Text;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

/// <summary>Units as people write them.</summary>
public sealed class UnitFileTests
{
    private const string Least = """{ "service": "orders", "environment": "dev", "executable": "/srv/orders" }""";

    [Fact]
    public void File_WithTheLeast_HasEveryDefault()
    {
        var unit = Read(Least).Unit!;

        var expected = new Unit { Service = "orders", Environment = "dev", Release = unit.Release, Executable = "/srv/orders" };
        Assert.Empty(UnitDiff.Fields(expected, unit));
        Assert.StartsWith("orders-dev-", unit.Release, StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithValues_HasTheDefaultsOfTheirFile()
    {
        var config = Read(Least.Replace("}", """, "config": { "name": "app.env", "values": { "db.pool-size": 10, "text": "10" } } }""")).Unit!.Config!;

        Assert.Equal((ConfigFormat.Dotenv, "", new ConfigValue("10", IsLiteral: true), new ConfigValue("10")), (config.Format, config.Prefix, config.Values["db.pool-size"], config.Values["text"]));
    }

    [Fact]
    public void File_OfTheSameContent_IsTheSameReleaseHoweverWritten() => Assert.Equal(
        Read(Least).Unit!.Release,
        Read("{ // words\n \"executable\": \"/srv/orders\", \"replicas\": 1, \"environment\": \"dev\", \"service\": \"orders\", }").Unit!.Release);

    [Fact]
    public void File_OfOtherContent_IsAnotherRelease() => Assert.NotEqual(Read(Least).Unit!.Release, Read(Least.Replace("/srv/orders", "/srv/other")).Unit!.Release);

    [Fact]
    public void File_WithAPartOfARule_KeepsTheRestOfIt()
    {
        var unit = Read(Least.Replace("}", """, "restart": { "initial": "00:00:07" }, "ports": [{ "name": "http", "port": 80 }], "liveness": { "httpPath": "/live" }, "logs": null }""")).Unit!;

        Assert.Equal(new RestartRule().Max, unit.Restart.Max);
        Assert.Equal(TimeSpan.FromSeconds(7), unit.Restart.Initial);
        Assert.Equal((new Probe().Period, "/live"), (unit.Liveness!.Period, unit.Liveness.HttpPath));
        Assert.Equal(new LogRule(), unit.Logs);
    }

    [Theory]
    [InlineData(""" "job": {} """, RestartPolicy.OnFailure)]
    [InlineData(""" "job": { "retries": 1 }, "restart": { "initial": "00:00:07" } """, RestartPolicy.OnFailure)]
    [InlineData(""" "job": {}, "restart": { "policy": "never" } """, RestartPolicy.Never)]
    [InlineData(""" "job": null """, RestartPolicy.Always)]
    public void Job_ThatDoesNotSayIt_IsStartedAgainOnFailure(string rest, RestartPolicy policy)
    {
        var file = Read(Least.Replace("}", $", {rest} }}", StringComparison.Ordinal));

        Assert.Empty(file.Problems);
        Assert.Equal(policy, file.Unit!.Restart.Policy);
    }

    [Theory]
    [InlineData("{ \"service\": \"orders\",\n  \"environment\" \"dev\" }", "u.json:2:17: ")]
    [InlineData("[]", "u.json:1:1: a unit is an object")]
    [InlineData("{ \"service\": \"a\",\n  \"replica\": 2 }", "u.json:2:3: replica: there is no such member; did you mean replicas?")]
    [InlineData("{ \"stop\": {\n    \"grase\": \"00:00:01\" } }", "u.json:2:5: stop.grase: there is no such member; did you mean grace?")]
    [InlineData("{ \"stop\": {}, \"stop\": {} }", "u.json:1:3: stop: is there twice")]
    [InlineData("{ \"service\": \"a\", \"environment\": \"b\", \"executable\": \"/x\",\n  \"replicas\": \"two\" }", "u.json:2:3: replicas: ")]
    [InlineData("{ \"service\": \"a\", \"environment\": \"b\", \"executable\": \"/x\",\n\n   \"replicas\": 0 }", "u.json:3:4: replicas: must be 1 to 1000")]
    public void File_ThatIsWrong_SaysWhere(string text, string problem) => Assert.StartsWith(problem, Assert.Single(Read(text).Problems).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Files_ThatDontGoTogether_AreToldByFileAndPlace()
    {
        static string Service(string name, string rest) => $$"""{ "service": "{{name}}", "environment": "dev", "executable": "/x", {{rest}} }""";
        (string, string)[] files =
        [
            ("a.json", Service("a", """ "ports": [{ "name": "http", "port": 80 }], "dependsOn": [{ "name": "b", "service": "b" }] """)),
            ("b.json", Service("b", """ "ports": [{ "name": "x", "port": 80 }], "dependsOn": [{ "name": "a", "service": "a" }] """)),
            ("c.json", Service("a", """ "replicas": 1 """)),
        ];

        var problems = UnitSet.Problems([.. files.Select(f => (UnitFile.Read(f.Item1, Encoding.UTF8.GetBytes(f.Item2)), Encoding.UTF8.GetBytes(f.Item2)))]).Select(p => p.ToString()).ToList();

        Assert.Contains(problems, p => p.StartsWith("b.json:1:", StringComparison.Ordinal) && p.Contains("ports: 80 is that of a (a.json) too", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("c.json:1:3: service: a in dev is declared by a.json too", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("a → b → a is a circle", StringComparison.Ordinal));
        Assert.Equal(3, problems.Count);
    }

    private static UnitFile Read(string text) => UnitFile.Read("u.json", Encoding.UTF8.GetBytes(text));
}
