using MyApp.Deployment.Specs;
using MyApp.Supervision.Configs;

namespace MyApp.Tests.Deployment.Specs;

/// <summary>Lists among the application's own values.</summary>
public sealed class AppListTests
{
    private const string Delivered = "service: orders\nconfig: { deliver: both, format: yaml, prefix: X_ }\n";

    [Fact]
    public void List_IsAKeyForEachItem_WhateverIsInIt()
    {
        var values = Values(Delivered + "app: { hosts: [a, \"2\"], rules: [{ from: x, to: [1, 2] }, [true]] }\n");

        Assert.Equal(
            [("hosts[0]", "a", false), ("hosts[1]", "2", false), ("rules[0].from", "x", false), ("rules[0].to[0]", "1", true), ("rules[0].to[1]", "2", true), ("rules[1][0]", "true", true)],
            values.Select(pair => (pair.Key, pair.Value.Text, pair.Value.IsLiteral)));
    }

    [Fact]
    public void List_OfAnEnvironment_ReplacesOrAppends()
    {
        const string environments = "environments:\n  dev: { app: { db: { hosts: [c] } } }\n  test: { app: { db: { +hosts: [c] }, +names: [n] } }\n  prod: { app: { db: { hosts: null } } }\n";
        const string text = Delivered + "app: { db: { hosts: [a, b] }, names: [m] }\n" + environments;

        Assert.Equal(["db.hosts[0]=c", "names[0]=m"], Told(text, "dev"));
        Assert.Equal(["db.hosts[0]=a", "db.hosts[1]=b", "db.hosts[2]=c", "names[0]=m", "names[1]=n"], Told(text, "test"));
        Assert.Equal(["names[0]=m"], Told(text, "prod"));
    }

    [Fact]
    public void List_WithoutItems_IsOneOfAJsonOrYamlFile()
    {
        Assert.Equal([("hosts", ConfigValue.EmptyList)], Values("service: orders\nconfig: { deliver: file, format: json }\napp: { hosts: [] }\n").Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(
            ["myapp.yaml:3:15: app.hosts is an empty list, which has a form in JSON and YAML files alone; hosts: null takes away what is below"], Problems(Delivered + "app: { hosts: [] }\n"));
    }

    [Theory]
    [InlineData("app: { hosts: [a, null] }", "myapp.yaml:3:19: app.hosts[1] has no value; write \"\" for an empty one")]
    [InlineData("app: { hosts: [a, {b.c: d}] }", "myapp.yaml:3:25: 'b.c' holds a dot; write it as maps: b: { c: … }")]
    [InlineData("app: { +greeting: b }", "myapp.yaml:3:8: '+greeting' would append to a list, and app.greeting is none; write 'greeting'")]
    [InlineData("app: { db: { +greeting: b } }", "myapp.yaml:3:14: '+greeting' would append to a list, and app.db.greeting is none; write 'greeting'")]
    [InlineData("+app: { a: b }", "myapp.yaml:3:1: '+app' would append to a list, and app is none; write 'app'")]
    [InlineData("app: { hosts: [a], hosts-0: b }", "myapp.yaml:3:29: app.hosts-0 would be the variable X_HOSTS_0, as app.hosts[0] is; rename one of them")]
    public void List_ThatCanNotBe_IsRefusedAtItsPlace(string app, string problem) => Assert.Equal([problem], Problems(Delivered + app + "\n"));

    [Fact]
    public void List_WrittenTwiceInOneLayer_IsRefusedAtAnyDepth() => Assert.Equal(
        ["myapp.yaml:3:14: both 'hosts' and '+hosts' are given; keep one of them"],
        Problems("service: orders\nconfig: { deliver: file, format: json }\napp: { db: { +hosts: [b], hosts: [a] } }\n"));

    private static IReadOnlyDictionary<string, ConfigValue> Values(string text, string environment = "dev") => SpecReader.Read(text, "myapp.yaml").File!.Find("orders", environment)!.Config.Values;

    private static IEnumerable<string> Told(string text, string environment) => Values(text, environment).Select(pair => $"{pair.Key}={pair.Value.Text}");

    private static IEnumerable<string> Problems(string text) => SpecReader.Read(text, "myapp.yaml").Problems.Select(problem => problem.ToString()).Distinct();
}
