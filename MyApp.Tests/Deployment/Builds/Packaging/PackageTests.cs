using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text.Json;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Packaging;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Packaging;

public sealed class PackageTests : IDisposable
{
    private readonly BuildBench bench = new();
    private readonly TemporaryFolder output = new();

    private string Arch => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    public void Dispose()
    {
        bench.Dispose();
        output.Dispose();
    }

    [Fact]
    public async Task Oci_TwoTimes_IsTheSameBytesAndHoldsOneStaticLayer()
    {
        var content = await ContentAsync();
        Assert.Null(OciImage.Problem(content.Artifact));
        await OciImage.WriteAsync([content], "hello:1", Out("a.tar"), BuildBench.Ct);
        await OciImage.WriteAsync([content], "hello:1", Out("b.tar"), BuildBench.Ct);

        Assert.Equal(await File.ReadAllBytesAsync(Out("a.tar"), BuildBench.Ct), await File.ReadAllBytesAsync(Out("b.tar"), BuildBench.Ct));
        var files = await ReadTarAsync(Out("a.tar"));
        using var index = JsonDocument.Parse(files["index.json"]);
        var top = index.RootElement.GetProperty("manifests")[0];
        Assert.Equal("hello:1", top.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString());
        using var manifest = JsonDocument.Parse(files[Blob(top)]);
        using var config = JsonDocument.Parse(files[Blob(manifest.RootElement.GetProperty("config"))]);
        var process = config.RootElement.GetProperty("config");
        Assert.Equal("65532:65532", process.GetProperty("User").GetString());
        Assert.Equal("/app/hello", process.GetProperty("Entrypoint")[0].GetString());
        Assert.Contains("ADDR=0.0.0.0:8081", process.GetProperty("Env").EnumerateArray().Select(e => e.GetString()));
        Assert.DoesNotContain(process.GetProperty("Env").EnumerateArray(), e => e.GetString()!.StartsWith("TOKEN=", StringComparison.Ordinal));
        Assert.Contains(content.Notes, note => note.Contains("run.env.TOKEN", StringComparison.Ordinal));
        Assert.Contains(content.Notes, note => note.StartsWith("app.key holds a secret", StringComparison.Ordinal));
        Assert.Contains(content.Notes, note => note.StartsWith("config.deliver: config.env is left out", StringComparison.Ordinal));
        Assert.Equal(("3", false, false), (content.Env["DEPTH"], content.Env.ContainsKey("KEY"), content.Env.ContainsKey("CONFIG_FILE")));
        // Every blob is what its name says.
        Assert.All(files.Where(file => file.Key.StartsWith("blobs/", StringComparison.Ordinal)), file =>
            Assert.EndsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Value)), file.Key));
    }

    [Fact]
    public async Task Oci_TwoPlatforms_AreOneImageByAnIndexOfItsOwn()
    {
        var content = await ContentAsync();
        var other = content with { Artifact = content.Artifact with { Platform = "linux/riscv64" } };
        await OciImage.WriteAsync([content, other], "hello:1", Out("a.tar"), BuildBench.Ct);
        var files = await ReadTarAsync(Out("a.tar"));
        using var index = JsonDocument.Parse(files["index.json"]);
        using var inner = JsonDocument.Parse(files[Blob(Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray()))]);

        Assert.Equal([Arch, "riscv64"], inner.RootElement.GetProperty("manifests").EnumerateArray().Select(m => m.GetProperty("platform").GetProperty("architecture").GetString()));
    }

    [Fact]
    public void Oci_ADynamicExecutable_IsRefusedWithItsLibraries()
    {
        var artifact = new Artifact
        {
            Digest = "", Bytes = 1, PlainBytes = 1, FileName = "x", Platform = "linux/amd64", Static = false, Toolchain = "go", ToolchainVersion = "", Mode = "", Source = "",
            Binary = new(MyApp.Deployment.Builds.Inspection.BinaryFormat.Elf, "linux", "amd64", "/lib64/ld-linux-x86-64.so.2", ["libc.so.6"], false, null, null),
        };

        Assert.Contains("libc.so.6", OciImage.Problem(artifact));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Oci_InPodman_Loads(bool twoPlatforms)
    {
        var podman = FetchedTool.Find("podman");
        Assert.SkipUnless(podman is not null && Environment.IsPrivilegedProcess, "needs podman and root");
        var content = await ContentAsync();
        var other = content with { Artifact = content.Artifact with { Platform = "linux/riscv64" } };
        await OciImage.WriteAsync(twoPlatforms ? [other, content] : [content], "hello:1", Out("image.tar"), BuildBench.Ct);
        var loaded = await ToolAsync(podman!, [.. Store, "load", "-i", Out("image.tar")]);
        var inspected = await ToolAsync(podman!, [.. Store, "image", "inspect", "--format", "{{.Architecture}} {{.User}} {{index .Config.Entrypoint 0}}", "localhost/hello:1"]);

        Assert.True(loaded.ExitCode == 0, loaded.Error);
        Assert.Equal($"{Arch} 65532:65532 /app/hello", inspected.Output.Trim());
    }

    [Fact]
    public async Task Oci_InPodman_Runs()
    {
        var podman = FetchedTool.Find("podman");
        Assert.SkipUnless(podman is not null && Environment.IsPrivilegedProcess, "needs podman and root");
        var port = FreePort.Find();
        await OciImage.WriteAsync([await ContentAsync()], "hello:1", Out("image.tar"), BuildBench.Ct);
        Assert.Equal(0, (await ToolAsync(podman!, [.. Store, "load", "-i", Out("image.tar")])).ExitCode);
        try
        {
            // podman would raise the limits of processes and files, which a machine may forbid.
            string[] limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
            var run = await ToolAsync(podman!, [.. Store, "run", "--detach", "--name", "hello", "--network=host", .. limits, "--env", $"ADDR=127.0.0.1:{port}", "localhost/hello:1"]);
            Assert.SkipWhen(run.ExitCode != 0 && CannotContain(run.Error), $"this machine starts no containers: {run.Error}");
            Assert.True(run.ExitCode == 0, run.Error);
            using var client = new HttpClient();
            await Eventually.TrueAsync(async () => await HelloPackage.AnswerAsync(client, port) == "hello\n", $"the container answers on port {port}", TimeSpan.FromSeconds(30), BuildBench.Ct);
            await ToolAsync(podman!, [.. Store, "stop", "--time", "60", "hello"]);
            var ended = await ToolAsync(podman!, [.. Store, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "hello"]);

            Assert.Equal("exited 0", ended.Output.Trim());
        }
        finally
        {
            await ToolAsync(podman!, [.. Store, "rm", "--all", "--force", "--time=0"]);
        }
    }

    // What an engine does, by tools of others that are none: copied with every digest checked, unpacked for a runtime, and run as that is told to.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Oci_CopiedAndUnpackedByOthersTools_RunsAsTheirBundleSays(bool twoPlatforms)
    {
        Assert.SkipUnless(ProgramSearch.Find("skopeo") is not null && ProgramSearch.Find("umoci") is not null, "needs skopeo and umoci");
        Assert.SkipUnless(ProgramSearch.Find("chroot") is not null && Environment.IsPrivilegedProcess, "needs chroot and root");
        var content = await ContentAsync();
        var other = content with { Artifact = content.Artifact with { Platform = "linux/riscv64" } };
        await OciImage.WriteAsync(twoPlatforms ? [other, content] : [content], "hello:1", Out("image.tar"), BuildBench.Ct);
        var copied = await ToolAsync("skopeo", ["--insecure-policy", "copy", $"oci-archive:{Out("image.tar")}", $"oci:{Out("layout")}:one"]);
        Assert.True(copied.ExitCode == 0, copied.Error);
        var unpacked = await ToolAsync("umoci", ["unpack", "--image", $"{Out("layout")}:one", Out("bundle")]);
        Assert.True(unpacked.ExitCode == 0, unpacked.Error);
        using var config = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Out("bundle"), "config.json"), BuildBench.Ct));
        var process = config.RootElement.GetProperty("process");
        var (user, args) = (process.GetProperty("user"), process.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()!).ToList());

        Assert.Equal((65532, 65532), (user.GetProperty("uid").GetInt32(), user.GetProperty("gid").GetInt32()));
        Assert.Equal("/app/hello", args[0]);
        Assert.Contains("ADDR=0.0.0.0:8081", process.GetProperty("env").EnumerateArray().Select(each => each.GetString()));
        var (said, error) = await FirstLineAsync("chroot", ["--userspec=65532:65532", Path.Combine(Out("bundle"), "rootfs"), .. args], ("ADDR", "127.0.0.1:0"));
        Assert.True(said == "listening on 127.0.0.1:0", error);
    }

    // What an engine does, without one: the layer as the root of the process, under the user of the image.
    [Fact]
    public async Task Oci_TheLayerAsARoot_HasAllThatTheProgramNeeds()
    {
        Assert.SkipUnless(ProgramSearch.Find("chroot") is not null && Environment.IsPrivilegedProcess, "needs chroot and root");
        var root = output.Folder("root");
        await using (var layer = File.Create(Out("layer.tar")))
            await ImageLayer.WriteAsync(await ContentAsync(), layer, BuildBench.Ct);
        Assert.Equal(0, (await LocalHost.RunAsync(new("tar", ["-xf", Out("layer.tar"), "-C", root]), BuildBench.Ct)).ExitCode);
        var (said, error) = await FirstLineAsync("chroot", [$"--userspec={ImageLayer.User}:{ImageLayer.User}", root, "/app/hello"], ("ADDR", "127.0.0.1:0"));

        Assert.True(said == "listening on 127.0.0.1:0", error);
    }

    [Fact]
    public async Task Tar_SumsHold_AndTheUnitIsWhatSystemdTakes()
    {
        await ReleaseArchive.WriteAsync(await ContentAsync(), Out("hello.tar.gz"), BuildBench.Ct);
        var folder = output.Folder("unpacked");
        Assert.Equal(0, (await LocalHost.RunAsync(new("tar", ["-xzf", Out("hello.tar.gz"), "-C", folder]), BuildBench.Ct)).ExitCode);
        var top = Assert.Single(Directory.GetDirectories(folder));
        var sums = await LocalHost.RunAsync(new("sha256sum", ["--check", "--strict", "SHA256SUMS"]) { WorkingDirectory = top }, BuildBench.Ct);

        Assert.True(sums.ExitCode == 0, sums.Output + sums.Error);
        Assert.Equal(["units/hello.json", "units/hello.service"], Directory.GetFiles(Path.Combine(top, "units")).Select(path => Path.GetRelativePath(top, path)).Order());
        await AssertSystemdTakesAsync(Path.Combine(top, "units", "hello.service"), Path.Combine(top, "bin", "hello"));
    }

    [Fact]
    public async Task Unit_NastyWords_AreTakenLiterally()
    {
        var content = await ContentAsync();
        var text = ServiceUnitFile.Write(content, "/usr/lib/hello/hello");

        Assert.Contains("ExecStart=\"/usr/lib/hello/hello\" \"--port=8081\" \"100%% \\\"sure\\\" $$HOME\"\n", text);
        Assert.Contains("Environment=\"GREETING=hello test\"\n", text);
        Assert.Contains("MemoryMax=67108864\n", text);
        Assert.Contains(ServiceUnitFile.Losses(content), line => line.StartsWith("health:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deb_IsWhatDpkgInstallsAndRemoves()
    {
        Assert.SkipUnless(ProgramSearch.Find("dpkg") is not null && Environment.IsPrivilegedProcess, "needs dpkg and root");
        var content = await ContentAsync("1.4.2");
        await DebianPackage.WriteAsync(content, Out("hello.deb"), BuildBench.Ct);
        await DebianPackage.WriteAsync(content, Out("again.deb"), BuildBench.Ct);
        Assert.Equal(await File.ReadAllBytesAsync(Out("hello.deb"), BuildBench.Ct), await File.ReadAllBytesAsync(Out("again.deb"), BuildBench.Ct));
        var root = output.Folder("root");
        Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg/info"));
        Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg/updates"));
        await File.Create(Path.Combine(root, "var/lib/dpkg/status")).DisposeAsync();
        // Its scripts only tell a systemd that runs, and in this root none does.
        string[] elsewhere = [$"--root={root}", "--force-script-chrootless", "--force-not-root", "--log=/dev/null"];
        var installed = await LocalHost.RunAsync(new("dpkg", [.. elsewhere, "--install", Out("hello.deb")]) { InheritEnvironment = true }, BuildBench.Ct);

        Assert.True(installed.ExitCode == 0, installed.Error);
        var program = Path.Combine(root, "usr/lib/hello/hello");
        Assert.Equal(content.Artifact.Digest, await MyApp.Deployment.Builds.Trust.Verification.DigestAsync(program, BuildBench.Ct));
        await AssertSystemdTakesAsync(Path.Combine(root, "lib/systemd/system/hello.service"), program);
        var status = await LocalHost.RunAsync(new("dpkg-query", [$"--admindir={root}/var/lib/dpkg", "--show", "--showformat=${Status} ${Version} ${Architecture}", "hello"]), BuildBench.Ct);
        Assert.Equal($"install ok installed 1.4.2 {Arch}", status.Output.Trim());

        var removed = await LocalHost.RunAsync(new("dpkg", [.. elsewhere, "--remove", "hello"]) { InheritEnvironment = true }, BuildBench.Ct);
        Assert.True(removed.ExitCode == 0, removed.Error);
        Assert.False(File.Exists(program));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("1 2")]
    [InlineData("")]
    public async Task Deb_AVersionThatDpkgRefuses_IsAProblem(string version) =>
        Assert.NotNull(DebianPackage.Problem((await ContentAsync()).Artifact, version));

    private async Task AssertSystemdTakesAsync(string unit, string program)
    {
        Assert.SkipUnless(ProgramSearch.Find("systemd-analyze") is not null, "needs systemd-analyze");
        // It also looks whether the program is there, which here lies elsewhere.
        var text = await File.ReadAllTextAsync(unit, BuildBench.Ct);
        var line = text.Split('\n').Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal));
        var installed = line.Split('"')[1];
        var moved = output.File("verify/hello.service", text.Replace(installed, program, StringComparison.Ordinal));
        var verdict = await LocalHost.RunAsync(new("systemd-analyze", ["verify", "--man=no", moved]) { InheritEnvironment = true }, BuildBench.Ct);

        Assert.Equal("", verdict.Error.Trim());
    }

    private static Task<ProgramResult> ToolAsync(string tool, string[] args) =>
        LocalHost.RunAsync(new(tool, args) { InheritEnvironment = true, Timeout = TimeSpan.FromSeconds(20), Grace = TimeSpan.FromSeconds(5) }, BuildBench.Ct);

    private static async Task<(string Line, string Error)> FirstLineAsync(string program, string[] args, params (string Name, string Value)[] env)
    {
        var line = "";
        using var seen = CancellationTokenSource.CreateLinkedTokenSource(BuildBench.Ct);
        try
        {
            var call = new ProgramCall(program, args)
            {
                InheritEnvironment = true, Timeout = TimeSpan.FromSeconds(60), Grace = TimeSpan.FromSeconds(10),
                Env = env.ToDictionary(pair => pair.Name, pair => pair.Value),
                OnLine = (stream, text) =>
                {
                    if (stream != ProgramStream.Output)
                        return;
                    line = text;
                    seen.Cancel();
                },
            };
            return (line, (await LocalHost.RunAsync(call, seen.Token)).Error.Trim());
        }
        catch (OperationCanceledException) when (!BuildBench.Ct.IsCancellationRequested)
        {
            return (line, "");
        }
    }

    // Limits and control groups are the machine's; that a program can't be found or started would be ours.
    private static bool CannotContain(string error) =>
        error.Contains("operation not permitted", StringComparison.OrdinalIgnoreCase) || error.Contains("cgroup", StringComparison.Ordinal);

    private Task<PackageContent> ContentAsync(string? version = null) => HelloPackage.ContentAsync(bench, 8081, version);

    // Of podman: one of its own, without the overlay mounts that a machine may lack.
    private string[] Store => ["--root", Out("store"), "--runroot", Out("run"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"];

    private string Out(string name) => Path.Combine(output.Path, name);

    private static string Blob(JsonElement descriptor) => "blobs/sha256/" + descriptor.GetProperty("digest").GetString()![7..];

    private static async Task<Dictionary<string, byte[]>> ReadTarAsync(string path)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var file = File.OpenRead(path);
        await using var tar = new TarReader(file);
        while (await tar.GetNextEntryAsync(copyData: true, BuildBench.Ct) is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory)
                continue;
            using var content = new MemoryStream();
            if (entry.DataStream is { } data)
                await data.CopyToAsync(content, BuildBench.Ct);
            files[entry.Name] = content.ToArray();
        }

        return files;
    }
}
