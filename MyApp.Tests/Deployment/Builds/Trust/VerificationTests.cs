using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;

namespace MyApp.Tests.Deployment.Builds.Trust;

public sealed class VerificationTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Of_WhatWasBuilt_IsVouchedForWithItsOrigin()
    {
        var (artifact, envelope, key) = await BuildAsync();
        var outcome = await Verification.OfAsync(bench.Artifacts.PathOf(artifact.Digest), [envelope], [key], BuildBench.Ct);

        Assert.Null(outcome.Problem);
        Assert.Equal((artifact.Digest, artifact.Source, key.Id), (outcome.Digest, outcome.Source, outcome.Builder));
        Assert.Equal((new string('c', 40), true), (outcome.Commit, outcome.UncommittedChanges));
    }

    [Fact]
    public async Task Of_AnotherFile_IsNotTrusted()
    {
        var (_, envelope, key) = await BuildAsync();
        var outcome = await Verification.OfAsync("/bin/false", [envelope], [key], BuildBench.Ct);

        Assert.Contains("about another file", outcome.Problem);
    }

    [Fact]
    public async Task Of_AChangedStatement_IsNotTrusted()
    {
        var (artifact, envelope, key) = await BuildAsync();
        var changed = JsonNode.Parse(envelope)!;
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String((string)changed["payload"]!)).Replace("\"orders\"", "\"0rders\"", StringComparison.Ordinal);
        changed["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload));
        var outcome = await Verification.OfAsync(bench.Artifacts.PathOf(artifact.Digest), [changed.ToJsonString()], [key], BuildBench.Ct);

        Assert.Contains("none of the trusted keys", outcome.Problem);
    }

    [Fact]
    public async Task Of_SomebodyElsesKey_IsNotTrusted()
    {
        var (artifact, envelope, _) = await BuildAsync();
        using var other = new BuildBench();
        var stranger = await SigningKey.LoadOrCreateAsync(other.Paths, BuildBench.Ct);
        var outcome = await Verification.OfAsync(bench.Artifacts.PathOf(artifact.Digest), [envelope], [stranger.Public], BuildBench.Ct);

        Assert.Contains("none of the trusted keys", outcome.Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"payload":"!","payloadType":"x","signatures":[{"keyid":"","sig":"!"}]}""")]
    [InlineData("""{"payload":"","payloadType":"x","signatures":[{"keyid":"","sig":"AAAA"}]}""")]
    public async Task Of_WhatIsNoEnvelope_IsAProblemAndNoCrash(string text)
    {
        var key = (await SigningKey.LoadOrCreateAsync(bench.Paths, BuildBench.Ct)).Public;
        var outcome = await Verification.OfAsync("/bin/true", [text], [key], BuildBench.Ct);

        Assert.NotNull(outcome.Problem);
    }

    [Fact]
    public async Task Key_MadeOnce_IsReadAgainAndForItsOwnerAlone()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SigningKey.LoadOrCreateAsync(bench.Paths, BuildBench.Ct)));

        Assert.Single(keys.Select(key => key.Public.Id).Distinct());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(bench.Paths.DataFolder, "keys", "build.key.pem")));
        Assert.Equal(keys[0].Public.Id, PublicKey.Parse(await File.ReadAllTextAsync(BuilderKeys.PublicPath(bench.Paths), BuildBench.Ct))!.Id);
    }

    // RFC 8032, 7.1, test 1: the empty message.
    [Fact]
    public void PublicKey_TheRfcsVector_Verifies()
    {
        var der = Convert.FromHexString("302a300506032b6570032100" + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        var key = PublicKey.Parse(System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", der))!;
        var signature = Convert.FromHexString(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");

        Assert.True(key.Verifies([], signature));
        Assert.False(key.Verifies([1], signature));
    }

    [Fact]
    public async Task Sbom_OfABuild_IsCycloneDxAndNamesTheArtifact()
    {
        var (artifact, _, _) = await BuildAsync();
        using var sbom = JsonDocument.Parse(await File.ReadAllBytesAsync(
            ArtifactDocuments.PathOf(bench.Artifacts, artifact.Digest, ArtifactDocuments.Sbom, artifact.Sbom!), BuildBench.Ct));

        Assert.Equal(("CycloneDX", "1.6"), (sbom.RootElement.GetProperty("bomFormat").GetString(), sbom.RootElement.GetProperty("specVersion").GetString()));
        var hash = sbom.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("hashes")[0];
        Assert.Equal(Digests.Hex(artifact.Digest), hash.GetProperty("content").GetString());
    }

    private async Task<(Artifact Artifact, string Envelope, PublicKey Key)> BuildAsync()
    {
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out\n");
        var request = await bench.RequestAsync(BuildBench.Command("./make-it"));
        var result = await bench.RunAsync(request with { Vcs = new(new string('c', 40), Dirty: true, null) });
        Assert.Null(result.Failure);
        var path = ArtifactDocuments.PathOf(bench.Artifacts, result.Artifact!.Digest, ArtifactDocuments.Provenance, result.Artifact.Provenance!);
        return (result.Artifact, await File.ReadAllTextAsync(path, BuildBench.Ct), (await SigningKey.LoadOrCreateAsync(bench.Paths, BuildBench.Ct)).Public);
    }
}
