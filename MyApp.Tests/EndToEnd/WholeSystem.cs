using System.Globalization;
using System.Text;
using System.Text.Json;
using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Support;

namespace MyApp.Tests.EndToEnd;

/// <summary>What README's first command starts, on a data folder of the tests' own.</summary>
public sealed class WholeSystem : IAsyncLifetime
{
    public const string Sample = "http://127.0.0.1:8080";

    private readonly string data = Directory.CreateTempSubdirectory("myapp-e2e-").FullName;
    private ToolProcess? run;

    /// <summary>Null where it runs; else why it can't.</summary>
    public string? Missing { get; private set; }

    internal ToolProcess Run => run ?? throw new InvalidOperationException(Missing);

    private Dictionary<string, string?> Environment => new() { ["MYAPP_DATA"] = data, ["NO_COLOR"] = "1" };

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            Missing = "needs Linux";
            return;
        }

        File.SetUnixFileMode(data, (UnixFileMode)Convert.ToInt32("755", 8));
        run = ToolProcess.Start(Repository.File("run"), ["--no-install"], Environment);
        var summary = await run.WaitForLineAsync(
            line => line.StartsWith("Ready after ", StringComparison.Ordinal) || line.StartsWith("Not ready after ", StringComparison.Ordinal),
            TimeSpan.FromMinutes(8), TestContext.Current.CancellationToken);
        Assert.True(summary.StartsWith("Ready", StringComparison.Ordinal), run.Output);
        // Its first call builds it, which is no part of what the tests wait for.
        await MyAppAsync(["--version"], TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (run is not null)
            await run.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Runs <c>./myapp</c>, which must succeed; returns its standard output.</summary>
    internal Task<string> MyAppAsync(IReadOnlyList<string> arguments, CancellationToken ct) => RunAsync("./myapp", arguments, ct);

    /// <summary>Runs a program from the checkout's folder, which must succeed; returns its standard output.</summary>
    internal async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var path = program.StartsWith("./", StringComparison.Ordinal) ? Repository.File(program[2..]) : program;
        var error = new StringBuilder();
        var (code, output) = await ToolProcess.RunAsync(path, arguments, Environment, standardError: error, ct: ct);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{error}\n--- run:\n{run?.Output}");
        return output;
    }

    internal async Task<ServiceView> OrdersAsync(CancellationToken ct)
    {
        var json = await MyAppAsync(["status", "--output", "json"], ct);
        return JsonSerializer.Deserialize(json, WireJson.Default.ServiceList)!.Services.Single(s => s.Name == "orders");
    }

    /// <summary>Asks until the answer satisfies; an API that is away for a moment is asked again.</summary>
    internal async Task<ServiceView> WaitForOrdersAsync(Func<ServiceView, bool> satisfies, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var (code, output) = await ToolProcess.RunAsync(
                Repository.File("myapp"), ["status", "--output", "json"], Environment, standardError: new(), ct: deadline.Token);
            var orders = code == 0 ? JsonSerializer.Deserialize(output, WireJson.Default.ServiceList)!.Services.SingleOrDefault(s => s.Name == "orders") : null;
            if (orders is not null && satisfies(orders))
                return orders;
        }
    }

    /// <summary>Processes of this system whose command line holds the text.</summary>
    internal IReadOnlyList<int> Find(string commandLine) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)
           where Read(folder, "environ").Contains("MYAPP_DATA=" + data + "\0", StringComparison.Ordinal)
           where Read(folder, "cmdline").Replace('\0', ' ').Contains(commandLine, StringComparison.Ordinal)
           select int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture),
    ];

    /// <summary>A copy of the sample whose listing of the orders also carries <paramref name="marker"/>.</summary>
    internal string EditedSample(string marker)
    {
        var copy = Directory.CreateDirectory(Path.Combine(data, "edited-" + marker)).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.File("samples", "orders-gin")))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        File.AppendAllText(Path.Combine(copy, "main.go"), $"\n// {marker}\nconst _ = \"{marker}\"\n");
        return copy;
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended meanwhile.
        }
    }
}
