using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MyApp.Cli.Settings;

namespace MyApp.Cli.Output;

/// <summary>
/// All that a command prints goes through here, so that the rules hold everywhere: with <c>--output json</c> standard output is
/// documents only and people read standard error; nothing that others wrote reaches a terminal uncleaned; NO_COLOR.
/// </summary>
internal sealed class Screen
{
    private readonly CliHost host;
    private readonly CliSettings settings;
    private readonly TextWriter people;

    public Screen(CliHost host, CliSettings settings)
    {
        this.host = host;
        this.settings = settings;
        people = settings.Output == OutputFormat.Json ? host.Error : host.Out;
        IsTerminal = settings.Output == OutputFormat.Json ? host.ErrorIsTerminal : host.OutIsTerminal;
        var moves = host.Variable("TERM") is not "dumb";
        HasColour = IsTerminal && moves && string.IsNullOrEmpty(host.Variable("NO_COLOR"));
        IsLive = IsTerminal && moves && !settings.Quiet;
    }

    public bool IsJson => settings.Output == OutputFormat.Json;

    /// <summary>People read a terminal, not a file or a pipe.</summary>
    public bool IsTerminal { get; }

    public bool HasColour { get; }

    /// <summary>Lines may be drawn again and again.</summary>
    public bool IsLive { get; }

    /// <summary>Where text for people goes.</summary>
    public TextWriter People => people;

    /// <summary>A line of the result.</summary>
    public void Line(params ReadOnlySpan<Styled> parts) => Write(people, IsTerminal, HasColour, parts);

    /// <summary>A line on the way to the result; not with <c>--quiet</c>.</summary>
    public void Progress(params ReadOnlySpan<Styled> parts)
    {
        if (!settings.Quiet)
            Line(parts);
    }

    /// <summary>A line on standard error, whatever the output format.</summary>
    public void Error(params ReadOnlySpan<Styled> parts) =>
        Write(host.Error, host.ErrorIsTerminal, host.ErrorIsTerminal && string.IsNullOrEmpty(host.Variable("NO_COLOR")), parts);

    /// <summary>The one document of this call.</summary>
    public void Document<T>(T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            JsonSerializer.Serialize(writer, value, type);
        host.Out.Write(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n");
    }

    /// <summary>A document in a format of its own, as it is.</summary>
    public void Raw(string text) => host.Out.Write(text);

    /// <summary>One document of a stream of them, on a line of its own.</summary>
    public void DocumentLine<T>(T value, JsonTypeInfo<T> type) => host.Out.Write(JsonSerializer.Serialize(value, type) + "\n");

    /// <summary>Asks where somebody can answer; without a terminal, or with <c>--yes</c>, the answer is yes.</summary>
    public async Task<bool> ConfirmAsync(string question, CancellationToken ct)
    {
        if (settings.Yes || !host.InIsTerminal || !host.ErrorIsTerminal)
            return true;
        host.Error.Write($"{TerminalText.CleanLine(question)} [y/N] ");
        // Reading a terminal can't be cancelled; the thread that reads ends with the process.
        var answer = await Task.Run(host.In.ReadLine, ct).WaitAsync(ct);
        return answer?.Trim() is "y" or "Y" or "yes";
    }

    private static void Write(TextWriter writer, bool terminal, bool colour, ReadOnlySpan<Styled> parts)
    {
        var line = new System.Text.StringBuilder();
        foreach (var part in parts)
        {
            var text = terminal ? TerminalText.Clean(part.Text) : part.Text;
            line.Append(colour && part.Tone != Tone.Plain ? $"\u001b[{Code(part.Tone)}m{text}\u001b[0m" : text);
        }

        writer.Write(line.Append('\n').ToString());
    }

    private static string Code(Tone tone) => tone switch
    {
        Tone.Strong => "1",
        Tone.Faint => "2",
        Tone.Good => "32",
        Tone.Warning => "33",
        Tone.Bad => "31",
        _ => "0",
    };
}
