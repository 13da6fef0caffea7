using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Sources;

public sealed class GitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Repository => Path.Combine(folder.Path, "repository");

    private string Target => Path.Combine(folder.Path, "target");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Fetch_ATag_GivesThatStateWithoutRunningHooks()
    {
        await CreateAsync();
        await GitAsync("tag", "v1");
        folder.File("repository/main.go", "package later\n");
        await GitAsync("commit", "--quiet", "--all", "--message", "second");
        await Git.FetchAsync(new($"file://{Repository}", "v1"), Target, submodules: false, TimeSpan.FromMinutes(1), Ct);
        var state = await Git.StateAsync(Target, Ct);

        Assert.Equal("package main\n", await File.ReadAllTextAsync(Path.Combine(Target, "main.go"), Ct));
        Assert.Equal((false, $"file://{Repository}"), (state!.Dirty, state.Remote));
        Assert.Equal((await GitAsync("rev-parse", "v1")).Trim(), state.Commit);
    }

    [Fact]
    public async Task Fetch_UnknownRef_IsRefusedInGitsWords()
    {
        await CreateAsync();
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(
            () => Git.FetchAsync(new($"file://{Repository}", "nowhere"), Target, submodules: false, TimeSpan.FromMinutes(1), Ct));

        Assert.Contains("nowhere", refused.Message);
    }

    [Theory]
    [InlineData("--upload-pack=/bin/sh")]
    [InlineData("a:b")]
    public async Task Fetch_ARefThatIsAnOption_IsRefused(string wanted) =>
        await Assert.ThrowsAsync<SourceRefusedException>(
            () => Git.FetchAsync(new("file:///nowhere", wanted), Target, submodules: false, TimeSpan.FromMinutes(1), Ct));

    [Fact]
    public async Task Fetch_PasswordInTheAddress_IsNotTold()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        var refused = await Assert.ThrowsAsync<SourceRefusedException>(
            () => Git.FetchAsync(new("http://ada:geheim@127.0.0.1:1/orders.git", null), Target, submodules: false, TimeSpan.FromMinutes(1), Ct));

        Assert.DoesNotContain("geheim", refused.Message);
    }

    [Fact]
    public async Task State_UncommittedChange_IsDirty()
    {
        await CreateAsync();
        Assert.False((await Git.StateAsync(Repository, Ct))!.Dirty);
        folder.File("repository/new.go", "package main\n");

        Assert.True((await Git.StateAsync(Repository, Ct))!.Dirty);
        Assert.Null(await Git.StateAsync(folder.Folder("elsewhere"), Ct));
    }

    [Theory]
    [InlineData("https://example.com/a.git#v1.4", "https://example.com/a.git", "v1.4")]
    [InlineData("git@example.com:a/b.git", "git@example.com:a/b.git", null)]
    [InlineData("ssh://git@example.com/a.git#", "ssh://git@example.com/a.git", null)]
    public void Parse_AnAddress_IsTakenApart(string text, string url, string? wanted) => Assert.Equal(new(url, wanted), GitAddress.Parse(text));

    [Theory]
    [InlineData("services/orders")]
    [InlineData("ext::sh -c id")]
    [InlineData("--upload-pack=x")]
    public void Parse_AnythingElse_IsNoAddress(string text) => Assert.Null(GitAddress.Parse(text));

    private async Task CreateAsync()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        folder.File("repository/main.go", "package main\n");
        await GitAsync("init", "--quiet");
        await GitAsync("add", ".");
        await GitAsync("commit", "--quiet", "--message", "first");
    }

    private Task<string> GitAsync(params string[] args) => GitRepository.GitAsync(Repository, args);
}
