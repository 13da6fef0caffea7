using System.Collections.Concurrent;
using System.Text;
using MyApp.Cli;

namespace MyApp.Tests.Cli;

/// <summary>One call of the command line, in this process, with streams, variables and folder of its own.</summary>
internal sealed class CliRun
{
    private readonly ConcurrentQueue<string> output = [];
    private readonly ConcurrentQueue<string> error = [];

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Folder { get; set; } = Path.GetTempPath();

    public string Input { get; set; } = "";

    /// <summary>All three streams.</summary>
    public bool Terminal { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public string Out => string.Concat(output);

    public string Error => string.Concat(error);

    public async Task<int> RunAsync(CancellationToken ct, params string[] args)
    {
        using var written = new Recorder(output);
        using var complained = new Recorder(error);
        var host = new CliHost
        {
            In = new StringReader(Input),
            Out = written,
            Error = complained,
            InIsTerminal = Terminal,
            OutIsTerminal = Terminal,
            ErrorIsTerminal = Terminal,
            Variable = name => Variables.GetValueOrDefault(name),
            Variables = () => Variables,
            Folder = Folder,
            Clock = Clock,
        };
        return await CommandLine.RunAsync(args, host, ct);
    }

    // Read by the test while the command still writes.
    private sealed class Recorder(ConcurrentQueue<string> pieces) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => pieces.Enqueue(value.ToString());

        public override void Write(string? value) => pieces.Enqueue(value ?? "");

        public override void Write(char[] buffer, int index, int count) => pieces.Enqueue(new string(buffer, index, count));
    }
}
