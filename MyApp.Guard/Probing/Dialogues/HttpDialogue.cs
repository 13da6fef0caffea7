using System.Text;

namespace MyApp.Guard.Probing.Dialogues;

/// <summary>
/// A GET and a look at the status line. By hand, as HttpClient would make up a third of the binary. Nothing is followed or decoded.
/// </summary>
internal sealed class HttpDialogue(byte[] request) : Dialogue
{
    private const int MaxStatusLine = 512;

    public override ReadOnlyMemory<byte> Opening => request;

    public static byte[] Get(string path, string host) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: myapp-guard\r\nAccept: */*\r\nConnection: close\r\n\r\n");

    public override DialogueStep Take(ReadOnlySpan<byte> all, bool ended)
    {
        var end = all.IndexOf((byte)'\n');
        if (end < 0 && !ended && all.Length < MaxStatusLine)
            return DialogueStep.GoOn;
        var line = Encoding.ASCII.GetString(all[..Math.Min(MaxStatusLine, end < 0 ? all.Length : end)]).TrimEnd('\r');
        var (passed, status) = ReadStatus(line);
        return new DialogueStep(passed, status);
    }

    // HTTP/1.1 200 OK
    internal static (bool Passed, string Status) ReadStatus(string line)
    {
        if (line.Length == 0)
            return (false, "connection closed without an answer");
        var parts = line.Split(' ', 3);
        if (!parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || parts.Length < 2 || !int.TryParse(parts[1], out var code))
            return (false, "not an HTTP answer");
        return (code is >= 200 and <= 299, parts.Length == 3 && parts[2].Length > 0 ? $"{code} {parts[2]}" : $"{code}");
    }
}
