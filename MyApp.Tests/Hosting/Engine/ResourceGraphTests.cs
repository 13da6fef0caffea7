using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using MyApp.Hosting.Engine.Execution;

namespace MyApp.Tests.Hosting.Engine;

public sealed class ResourceGraphTests
{
    private readonly IDistributedApplicationTestingBuilder builder = DistributedApplicationTestingBuilder.Create();

    [Fact]
    public void Waits_InACircle_AreRefusedWithTheWholeCircle()
    {
        var (a, b, c) = (Add("a"), Add("b"), Add("c"));
        a.WaitFor(b);
        b.WaitFor(c);
        c.WaitFor(a);
        var refused = Assert.Throws<DistributedApplicationException>(() => ResourceGraph.Of(new DistributedApplicationModel(builder.Resources)));
        Assert.Contains("a → b → c → a", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_ForItself_IsRefused()
    {
        var a = Add("a");
        Assert.Throws<DistributedApplicationException>(() => a.WaitFor(a));
    }

    [Fact]
    public void StopWaves_OfAChain_StopDependantsFirst()
    {
        var (database, api, client) = (Add("database"), Add("api"), Add("client"));
        api.WaitFor(database);
        client.WaitFor(api);
        var waves = ResourceGraph.Of(new DistributedApplicationModel(builder.Resources)).StopWaves().Select(w => string.Join(",", w.Select(r => r.Name)));
        Assert.Equal(["client", "api", "database"], waves);
    }

    [Fact]
    public void StopWaves_OfResourcesThatReferToEachOther_AreFound()
    {
        var (a, b) = (Add("a"), Add("b"));
        a.WithRelationship(b.Resource, "Reference");
        b.WithRelationship(a.Resource, "Reference");
        Assert.Equal(2, ResourceGraph.Of(new DistributedApplicationModel(builder.Resources)).StopWaves().SelectMany(w => w).Count());
    }

    private IResourceBuilder<ExecutableResource> Add(string name) => builder.AddExecutable(name, "true", ".");
}
