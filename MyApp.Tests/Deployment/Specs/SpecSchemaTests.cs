using System.Text.Json;
using MyApp.Deployment.Specs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Specs;

public sealed class SpecSchemaTests
{
    [Fact]
    public void Page_IsWhatTheReferenceSays() => Golden.Check(Repository.File("docs", "reference.md"), SpecReferencePage.Write());

    [Theory]
    [InlineData("health.startup.budget", "60s", "Time from the start of the process. Startup only. Default: 60s.")]
    [InlineData("dependsOn[].onLoss", "ignore", "When it is lost later: ignore, notReady, restart or stop. Default: ignore.")]
    [InlineData("run.env.<NAME>", "release", "")]
    [InlineData("accept[].until", "2027-01-31", "")]
    public void Keys_EachHasItsExampleAndTheCommentAboveIt(string path, string example, string text) =>
        Assert.Equal(new(path, example, text), Assert.Single(SpecDocumentation.Keys(), key => key.Path == path));

    [Fact]
    public void Schema_HasEveryKeyWhereverItMayStand()
    {
        using var schema = JsonDocument.Parse(SpecSchemaDocument.Write());
        foreach (var path in new[] { "health/startup/budget", "services/[]/run/args", "environments/*/health/readiness/http", "environments/*/run/+args" })
        {
            var at = schema.RootElement;
            foreach (var step in path.Split('/'))
            {
                var (member, inner) = step switch { "[]" => ("items", null), "*" => ("additionalProperties", null), _ => ("properties", step) };
                var found = at.TryGetProperty(member, out var next) && (inner is null || next.TryGetProperty(inner, out next));
                Assert.True(found, $"{path} at {step}");
                at = next;
            }
        }

        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
        Assert.False(schema.RootElement.GetProperty("properties").TryGetProperty("+replicas", out _));
        var grace = schema.RootElement.GetProperty("properties").GetProperty("environments").GetProperty("additionalProperties").GetProperty("properties")
            .GetProperty("stop").GetProperty("properties").GetProperty("grace");
        Assert.Equal("From SIGTERM to SIGKILL. Default: 30s.", grace.GetProperty("description").GetString());
    }
}
