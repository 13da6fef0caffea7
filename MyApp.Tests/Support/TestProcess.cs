using System.Diagnostics;

namespace MyApp.Tests.Support;

/// <summary>Starts the programs that tests need around what they test. Input is empty; output is redirected: read it, or it may block.</summary>
internal static class TestProcess
{
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
#pragma warning disable RS0030 // The home of running programs is for the product: tests need pipes and signals it does not offer.
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
#pragma warning restore RS0030
        process.StandardInput.Close();
        return process;
    }
}
