using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace MyApp.Tests.Hosting.Engine;

public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("1api", "start with an ASCII letter")]
    [InlineData("my_api", "only ASCII letters")]
    [InlineData("my--api", "two hyphens")]
    [InlineData("api-", "ends with a hyphen")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345", "65 characters")]
    public void Name_AgainstTheRules_IsRefusedWithTheRule(string name, string rule)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var refused = Assert.Throws<ArgumentException>(() => builder.AddExecutable(name, "true", "."));
        Assert.Contains(rule, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("Api-2-b")]
    public void Name_WithinTheRules_IsTaken(string name) =>
        Assert.Equal(name, DistributedApplicationTestingBuilder.Create().AddExecutable(name, "true", ".").Resource.Name);

    [Fact]
    public void Name_TakenInOtherCase_IsRefused()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddExecutable("api", "true", ".");
        Assert.Throws<DistributedApplicationException>(() => builder.AddExecutable("API", "true", "."));
    }
}
