using System.IO.Compression;
using System.Net;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class SourceTests(PostgresFixture postgres)
{
    [Fact(Timeout = 180_000)]
    public async Task Upload_OfTheSameFilesTwice_AnswersWithTheSameDigest()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        Assert.Equal(await client.UploadSampleAsync(), await client.UploadSampleAsync());
        Assert.Single(Directory.GetFiles(Sources(api)));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    public async Task Upload_OfAnArchiveThatLeavesItsFolder_IsRefusedAndNothingIsKept(string name)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.UploadAsync(new ByteArrayContent(Archives.Of(("myapp.yaml", "service: x"), (name, "x"))));
        await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-archive");
        Assert.Empty(Directory.GetFiles(Sources(api)));
        Assert.DoesNotContain(Directory.GetFiles(api.Data, "evil", SearchOption.AllDirectories), _ => true);
    }

    [Fact(Timeout = 180_000)]
    public async Task Upload_OfWhatIsNoArchive_IsRefused()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.UploadAsync(new ByteArrayContent("hello"u8.ToArray()));
        await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-archive");
    }

    [Fact(Timeout = 180_000)]
    public async Task Upload_WithALengthAboveTheLimit_IsRefusedUnread()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var body = new ZeroStream(2L << 30);
        var content = new StreamContent(body);
        content.Headers.ContentLength = 2L << 30;
        using var answer = await client.UploadAsync(content);
        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact(Timeout = 120_000)]
    public async Task Upload_OfTwoGigabytesInChunks_EndsAtTheLimitAndLeavesNothing()
    {
        const long Limit = 4L << 20;
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Api:MaxSourceBytes", $"{Limit}"));
        using var client = await api.ReadyClientAsync();
        using var body = new ZeroStream(2L << 30);
        using var answer = await client.UploadAsync(new StreamContent(body, 64 << 10));
        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");
        Assert.InRange(body.Taken, Limit, Limit + (4 << 20));
        Assert.Empty(Directory.GetFiles(Sources(api)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Upload_ThatUnpacksToManyGigabytes_IsRefused()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            await new ZeroStream(3L << 30).CopyToAsync(gzip, 1 << 20, TestContext.Current.CancellationToken);
        using var answer = await client.UploadAsync(new ByteArrayContent(bytes.ToArray()));
        await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-archive");
        Assert.Empty(Directory.GetFiles(Sources(api)));
    }

    private static string Sources(ApiHost api) => new MyApp.Deployment.Transport.DataPaths(api.Data).Sources;
}
