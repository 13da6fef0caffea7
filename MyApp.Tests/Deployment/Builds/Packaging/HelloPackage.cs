using MyApp.Deployment.Builds.Packaging;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Packaging;

/// <summary>The C sample, built, with words in its spec that have to be quoted everywhere.</summary>
internal static class HelloPackage
{
    public static async Task<PackageContent> ContentAsync(BuildBench bench, int port, string? version)
    {
        Assert.SkipUnless(ProgramSearch.Find("gcc") is not null, "needs gcc");
        var spec = SpecReader.Read(Spec(port), "myapp.yaml").File!.Find("hello", "test")!;
        bench.File("main.c", await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "main.c"), BuildBench.Ct));
        var request = await bench.RequestAsync(spec.Build);
        var result = await bench.RunAsync(request with { Service = "hello" });
        Assert.Null(result.Failure);
        return PackageContent.Of(spec, result.Artifact!, bench.Paths, version);
    }

    /// <returns>Null: nobody listens.</returns>
    public static async Task<string?> AnswerAsync(HttpClient client, int port)
    {
        try
        {
            return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), BuildBench.Ct);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string Spec(int port) => $$"""
        service: hello
        build: { toolchain: command, command: [gcc, -O2, -static, -o, hello, main.c], output: hello }
        run: { args: ["--port=${port}", "100% \"sure\" $HOME"], env: { GREETING: "hello ${env}", TOKEN: "${secret:TOKEN}" } }
        app: { depth: 3, key: "${secret:KEY}" }
        config: { deliver: both }
        port: {{port}}
        resources: { memory: 32Mi..64Mi, cpu: 250m }
        health: { readiness: { http: / } }
        """;
}
