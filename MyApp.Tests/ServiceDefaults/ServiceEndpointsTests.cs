using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.ServiceDefaults.Http;

namespace MyApp.Tests.ServiceDefaults;

public sealed class ServiceEndpointsTests
{
    [Theory]
    [InlineData("http://orders/a?b=c", "http://127.0.0.1:8001/a?b=c")]
    [InlineData("http://ORDERS/a", "http://127.0.0.1:8001/a")]
    [InlineData("https+http://orders/a", "http://127.0.0.1:8001/a")]
    [InlineData("https+http://both/a", "https://127.0.0.1:8443/a")]
    [InlineData("http+https://both/", "http://127.0.0.1:8080/")]
    [InlineData("http://_metrics.both/m", "http://127.0.0.1:9090/base/m")]
    [InlineData("http://orders:81/a", "http://orders:81/a")]
    [InlineData("http://example.com/a", "http://example.com/a")]
    public void Resolve_Address_FindsTheDeclaredEndpoint(string asked, string expected) =>
        Assert.Equal(new Uri(expected), Declared().Resolve(new Uri(asked)));

    [Fact]
    public void Resolve_SeveralAddresses_TakesTurns()
    {
        var endpoints = Declared();
        var ports = Enumerable.Range(0, 4).Select(_ => endpoints.Resolve(new Uri("http://many/")).Port);
        Assert.Equal([1, 2, 1, 2], ports);
    }

    [Fact]
    public void Resolve_SchemeListOfUnknownService_SaysWhatIsMissing()
    {
        var error = Assert.Throws<HttpRequestException>(() => Declared().Resolve(new Uri("https+http://nobody/")));
        Assert.Contains("services__nobody__https__0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_DeclaredAddressIsNoHttp_SaysWhich()
    {
        var error = Assert.Throws<HttpRequestException>(() => Declared().Resolve(new Uri("http://broken/")));
        Assert.Contains("services__broken__http", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_NamedService_IsCalledWhereItListens()
    {
        await using var orders = await DefaultsApp.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["services:orders:http:0"] = orders.Client.BaseAddress!.ToString();
        builder.AddServiceDefaults();
        using var host = builder.Build();
        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var response = await client.GetAsync("https+http://orders/alive", TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
    }

    private static ServiceEndpoints Declared() => new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["services:orders:http:0"] = "http://127.0.0.1:8001",
        ["services:both:http:0"] = "http://127.0.0.1:8080",
        ["services:both:https:0"] = "https://127.0.0.1:8443",
        ["services:both:metrics:0"] = "http://127.0.0.1:9090/base/",
        ["services:many:http:0"] = "http://127.0.0.1:1",
        ["services:many:http:1"] = "http://127.0.0.1:2",
        ["services:broken:http:0"] = "tcp://127.0.0.1:2",
    }).Build());
}
