using System.Text.Json;
using MyApp.Cli;
using MyApp.Cli.Commands;
using MyApp.Deployment.Specs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary><c>init</c> and <c>plan</c>: what needs no server and no compiler.</summary>
public sealed class ProjectCommandsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("myapp project ");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("go.mod", "go")]
    [InlineData("Orders.csproj", "dotnet")]
    [InlineData("README.md", null)]
    public async Task Init_InAProject_WritesASpecThatIsGood(string file, string? toolchain)
    {
        File.Create(Path.Combine(folder.FullName, file)).Dispose();
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "init", "--service", "orders", "-o", "json"));

        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal("orders", document.RootElement.GetProperty("service").GetString());
        var read = SpecReader.Read(await File.ReadAllTextAsync(Spec, Ct), "myapp.yaml");
        Assert.Empty(read.Problems);
        Assert.Equal(toolchain, read.File!.Find("orders", "dev")!.Build.Toolchain);
    }

    [Theory]
    [InlineData("Makefile", ".PHONY: all\nall: server\nserver: main.c\n\tcc -o server main.c\n", "command", "server", "")]
    [InlineData("Procfile", "web: ./bin/orders --port=$PORT serve\n", "prebuilt", "bin/orders", "--port=${port} serve")]
    [InlineData("Procfile", "web: ./bin/orders | tee log\n", null, null, "")]
    public async Task Init_OtherFiles_TellHowItIsBuiltAndCalled(string file, string text, string? toolchain, string? output, string args)
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), text, Ct);
        Directory.CreateDirectory(Path.Combine(folder.FullName, "bin"));
        File.Copy("/bin/true", Path.Combine(folder.FullName, "bin", "orders"));

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "init", "--service", "orders"));

        var read = SpecReader.Read(await File.ReadAllTextAsync(Spec, Ct), "myapp.yaml");
        Assert.Empty(read.Problems);
        var spec = read.File!.Find("orders", "dev")!;
        Assert.Equal((toolchain, output), (spec.Build.Toolchain, spec.Build.Run?.Output ?? spec.Build.File?.Path));
        Assert.Equal(args, string.Join(' ', spec.Run.Args));
    }

    [Fact]
    public async Task Init_OneExecutable_IsTakenAsPrebuilt()
    {
        File.Copy("/bin/true", Path.Combine(folder.FullName, "server"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "notes.txt"), "", Ct);

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "init", "--service", "orders"));
        Assert.Equal("server", SpecReader.Read(await File.ReadAllTextAsync(Spec, Ct), "myapp.yaml").File!.Find("orders", "dev")!.Build.File!.Path);
    }

    [Fact]
    public async Task Init_ASpecIsThere_IsOverwrittenOnlyWithYes()
    {
        MyApp.Supervision.Files.AtomicFile.WriteAllText(Spec, "service: mine\n");

        var refused = Run();
        Assert.Equal(ExitCode.BadInput, await refused.RunAsync(Ct, "init"));
        Assert.Equal("service: mine\n", await File.ReadAllTextAsync(Spec, Ct));
        Assert.Contains("--yes overwrites it", refused.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "init", "--yes"));
        Assert.NotEqual("service: mine\n", await File.ReadAllTextAsync(Spec, Ct));
    }

    [Theory]
    [InlineData("Orders API", "orders-api")]
    [InlineData("42 services", "services")]
    [InlineData("orders_gin.v2", "orders-gin-v2")]
    [InlineData("日本", "app")]
    [InlineData("", "app")]
    public void NameFrom_AFolder_IsAGoodName(string name, string expected)
    {
        Assert.Equal(expected, StarterSpec.NameFrom(name));
        Assert.True(Names.IsValid(expected));
    }

    [Fact]
    public async Task PlanJson_OfASample_HasUnitCapabilitiesAndDiagnostics()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "plan", Path.Combine(Repository.Samples, "orders-gin"), "--local", "-o", "json"));

        using var document = JsonDocument.Parse(run.Out);
        var service = document.RootElement.GetProperty("services")[0];
        Assert.Equal("orders", service.GetProperty("unit").GetProperty("service").GetString());
        Assert.True(service.GetProperty("capabilities").GetArrayLength() > 10);
        Assert.All(service.GetProperty("capabilities").EnumerateArray(), c => Assert.Equal("native", c.GetProperty("support").GetString()));
        Assert.Equal(JsonValueKind.Array, service.GetProperty("diagnostics").ValueKind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.FullName));
    }

    [Fact]
    public async Task Plan_ToolchainCannotBeTold_IsBadInputWithTheReason()
    {
        MyApp.Supervision.Files.AtomicFile.WriteAllText(Spec, "service: orders\nport: 8080\n");
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "plan", "--local"));

        Assert.Contains("error build.toolchain: the toolchain can't be told from the files", run.Out, StringComparison.Ordinal);
    }

    private string Spec => Path.Combine(folder.FullName, "myapp.yaml");

    private CliRun Run() => new() { Folder = folder.FullName, Variables = { ["MYAPP_DATA"] = Path.Combine(folder.FullName, "data") } };
}
