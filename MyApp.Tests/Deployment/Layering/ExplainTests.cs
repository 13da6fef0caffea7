using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Layering;

public sealed class ExplainTests
{
    private const string Spec = """
        service: orders
        port: 8080
        replicas: 2
        run: { args: [--a], env: { MODE: plain, GONE: "1" } }
        stop: { grace: 40s }
        environments:
          staging: { replicas: 3, run: { +args: [--b], env: { MODE: staged } } }
          prod: { inherits: staging, stop: null, run: { +args: [--c], env: { GONE: null } } }
        """;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_AnEnvironmentThatInherits_IsLaidOverItsParent()
    {
        var prod = Read().Find("orders", "prod")!;

        Assert.Equal(3, prod.Replicas);
        Assert.Equal(["--a", "--b", "--c"], prod.Run.Args);
        Assert.Equal(["MODE"], prod.Run.Env.Keys);
        Assert.Equal("staged", prod.Run.Env["MODE"]);
        Assert.Equal(TimeSpan.FromSeconds(30), prod.Stop.Grace);
        Assert.Equal(["staging"], prod.Inherits);
    }

    [Fact]
    public void Read_EveryLayer_TheHigherWins()
    {
        RemoteValue[] remote = [Remote("replicas", "9"), Remote("run.user", "remote"), Remote("run.env.ONLY", "remote")];
        var spec = Read(remote, [KeyValuePair.Create("MYAPP_SET_RUN__ENV__MODE", "variable"), KeyValuePair.Create("MYAPP_SET_STOP__GRACE", "50s")], ["stop.grace=60s", "+run.args=[--d, \"x y\"]"])
            .Find("orders", "prod")!;

        Assert.Equal(3, spec.Replicas);
        Assert.Equal(("remote", "remote", "variable"), (spec.Run.User, spec.Run.Env["ONLY"], spec.Run.Env["MODE"]));
        Assert.Equal(TimeSpan.FromSeconds(60), spec.Stop.Grace);
        Assert.Equal(["--a", "--b", "--c", "--d", "x y"], spec.Run.Args);
    }

    [Fact]
    public void Explain_AKeyOfSeveralLayers_NamesTheWinnerAndWhatItShadowed()
    {
        var explained = Assert.Single(Read([Remote("replicas", "9")], [], ["replicas=5"]).Explain("orders", "prod", "replicas"));

        Assert.Equal("5", explained.Value);
        Assert.Equal(
            ["CommandLine 5 at command line --set replicas", "Overlay 3 at myapp.yaml:7:24", "ProjectFile 2 at myapp.yaml:3:11", "ConfigServer 9 at config server (version 4, ada, 2026-03-01 12:00Z)"],
            explained.Written.Select(written => $"{written.Kind} {written.Value} at {written.Origin}"));
    }

    [Fact]
    public void Explain_AKeyThatIsTakenAway_HasItsDefault()
    {
        var explained = Assert.Single(Read().Explain("orders", "prod", "stop.grace"));

        Assert.Null(explained.Value);
        Assert.Equal(["environment prod", "project file"], explained.Written.Select(written => written.Layer));
    }

    [Fact]
    public void Explain_APortThatPortsReplace_DoesNotHold()
    {
        const string text = "service: orders\nport: 8080\nenvironments: { prod: { ports: [{ name: http, port: 9000 }] } }\n";
        var file = SpecReader.Read(text, "myapp.yaml").File!;

        var explained = Assert.Single(file.Explain("orders", "prod", "port"));
        Assert.Null(explained.Value);
        Assert.Equal("8080", Assert.Single(explained.Written).Value);
        Assert.Equal("8080", Assert.Single(file.Explain("orders", "stage", "port")).Value);
    }

    [Fact]
    public void Explain_EveryKey_IsToldOnce()
    {
        var keys = Read().Explain("orders", "prod", null).Select(each => each.Key).ToList();

        Assert.Equal(["port", "replicas", "run.args", "run.env.GONE", "run.env.MODE", "service", "stop.grace"], keys);
    }

    [Theory]
    [InlineData("replicas=many", "command line --set replicas: 'many' is not a value for replicas; write a whole number from 1 to 1000")]
    [InlineData("replcas=2", "command line --set replcas: unknown key 'replcas'; did you mean 'replicas'?")]
    public void Read_AWrongTypeAfterTheMerge_NamesTheLayerItCameFrom(string set, string says)
    {
        var problems = new List<SpecProblem>();
        var around = SpecLayers.Of("prod", [], [set], null, problems);
        problems.AddRange(SpecReader.Read(Spec, "myapp.yaml", around).Problems);

        Assert.Contains(says, problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("environments: { a: { inherits: b }, b: { inherits: a } }", "a → b → a: an environment can't inherit from itself")]
    [InlineData("environments: { a: { +replicas: [1] } }", "'+replicas' would append to a list, and environments.a.replicas is none")]
    [InlineData("run: { args: [a], +args: [b] }", "both 'args' and '+args' are given")]
    [InlineData("<<: 3", "'<<' merges a map or a list of maps")]
    public void Read_ConflictingLayers_AreRefused(string wrong, string says) =>
        Assert.Contains(SpecReader.Read("service: orders\n" + wrong + "\n", "myapp.yaml").Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void Read_MergeKeys_GoBelowWhatTheMapSaysItself()
    {
        var spec = SpecReader.Read(
            "service: orders\nport: 80\nhealth:\n  readiness: &probe { http: /ready, period: 7s }\n  liveness: { <<: *probe, http: /live }\n", "myapp.yaml").File!.Find("orders", "dev")!;

        Assert.Equal(("/live", TimeSpan.FromSeconds(7)), (spec.Health.Liveness!.HttpPath, spec.Health.Liveness.Period));
    }

    [Fact]
    public void Read_TheApplicationsValues_AreMergedOverTheLayersLikeAnyOther()
    {
        const string text = "service: orders\napp: { db: { host: file, port: 1 } }\nconfig: { deliver: env }\nenvironments: { prod: { app: { db: { port: 2 } } } }\n";
        var problems = new List<SpecProblem>();
        RemoteValue[] remote = [Remote("app.db.host", "remote"), Remote("app.text", "a: b # c"), Remote("app.size", "10")];
        var file = SpecReader.Read(text, "myapp.yaml", SpecLayers.Of("prod", [], ["app.db.user=set"], _ => remote, problems)).File!;

        Assert.Equal(
            [("db.host", "file", false), ("db.port", "2", true), ("db.user", "set", false), ("size", "10", true), ("text", "a: b # c", false)],
            file.Find("orders", "prod")!.Config.Values.Select(pair => (pair.Key, pair.Value.Text, pair.Value.IsLiteral)));
        var explained = Assert.Single(file.Explain("orders", "prod", "app.db.host"));
        Assert.Equal(["ProjectFile file", "ConfigServer remote"], explained.Written.Select(written => $"{written.Kind} {written.Value}"));
    }

    [Fact]
    public void Read_ValuesOfTheConfigServerUnderOddNames_AreRefusedOnlyWhereTheyAreDelivered()
    {
        RemoteValue[] remote = [Remote("app.a", "1"), Remote("app.a.b", "2"), Remote("app.odd name", "3"), Remote("app.port", "4")];
        IReadOnlyList<string> Problems(string text) =>
            [.. SpecReader.Read(text, "myapp.yaml", SpecLayers.Of("prod", [], [], _ => remote, [])).Problems.Select(problem => problem.ToString().Replace("(version 4, ada, 2026-03-01 12:00Z)", "()", StringComparison.Ordinal))];

        Assert.Equal([], Problems("service: orders\n"));
        Assert.Equal(
            [
                "config server (): app.a can't be delivered: it is a value and the beginning of others; rename one with myapp config set and unset",
                "config server (): app.odd name can't be delivered: between dots stand 1 to 64 letters, digits, hyphens and underscores, beginning with a letter; rename it with myapp config set and unset",
            ],
            Problems("service: orders\nconfig: { deliver: env, prefix: X_ }\n"));
        Assert.Contains("app.port would be the variable PORT, which the target sets", string.Concat(Problems("service: orders\nconfig: { deliver: env }\n")), StringComparison.Ordinal);
    }

    private static RemoteValue Remote(string key, string value) => new(key, value, 4, "ada", Noon);

    private static SpecFile Read(IReadOnlyList<RemoteValue>? remote = null, IReadOnlyList<KeyValuePair<string, string>>? variables = null, IReadOnlyList<string>? sets = null)
    {
        var problems = new List<SpecProblem>();
        var around = remote is null ? null : SpecLayers.Of("prod", variables!, sets!, _ => remote, problems);
        var read = SpecReader.Read(Spec, "myapp.yaml", around);
        Assert.Equal([], problems.Concat(read.Problems).Select(problem => problem.ToString()));
        return read.File!;
    }
}
