using MyApp.Deployment.Approvals;
using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Approvals;

public sealed class ApprovalRuleTests
{
    private const string Ada = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    private const string Bob = "ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
    private const string Service = "service: orders\nport: 8080\n";

    [Fact]
    public void Rule_IsThatOfTheNearestEnvironmentThatHasOne()
    {
        var text = $$"""
            environments:
              prod: { approval: { people: { ada: "{{Ada}}", bob: "{{Bob}}" } } }
              eu: { inherits: prod }
              us: { inherits: eu, approval: { needed: 1, people: { ada: "{{Ada}}" } } }
            """;

        Assert.Null(Rule(text, "dev"));
        Assert.Equal("2 of ada, bob", $"{Rule(text, "prod")}");
        Assert.Equal("2 of ada, bob", $"{Rule(text, "eu")}");
        Assert.Equal("1 of ada", $"{Rule(text, "us")}");
        Assert.Equal("bob", Rule(text, "eu")!.NameOf(Bob));
    }

    [Theory]
    [InlineData("people: { ada: \"" + Ada + "\" }", "2 people have to sign, and 1 is listed; list more people, or lower needed")]
    [InlineData("needed: 2", "2 people have to sign, and 0 are listed")]
    [InlineData("needed: 0, people: { ada: \"" + Ada + "\" }", "write a whole number from 1 to 20")]
    [InlineData("needed: 1, people: { ada: ssh-ed25519 }", "'ssh-ed25519' is not a value for environments.prod.approval.people.ada; write the line that 'myapp key' prints for this person")]
    [InlineData("needed: 1, people: { ada: \"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR=\" }", "write the line that 'myapp key' prints")]
    [InlineData("people: { ada: \"" + Ada + "\", bob: \"" + Ada + "\" }", "bob and ada have the same key; give everybody a key of their own")]
    [InlineData("people: { Ada: \"" + Ada + "\", bob: \"" + Bob + "\" }", "'Ada' is not a name")]
    [InlineData("neded: 1, people: { ada: \"" + Ada + "\" }", "unknown key 'neded'")]
    public void Read_AWrongRule_IsRefusedWithItsPlace(string wrong, string says)
    {
        var problems = SpecReader.Read($"{Service}environments:\n  prod: {{ approval: {{ {wrong} }} }}\n", "myapp.yaml").Problems;

        Assert.Contains(problems, problem => problem.Origin.Line == 4 && $"{problem}".Contains(says, StringComparison.Ordinal));
    }

    private static ApprovalRule? Rule(string text, string environment)
    {
        var read = SpecReader.Read($"{Service}{text}\n", "myapp.yaml");
        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        return read.File!.Find("orders", environment)!.Rules.Approval;
    }
}
