using System.Text;

namespace MyApp.Guard.Notify;

/// <summary>What one connection to the heartbeat listener has sent: requests one after another, each answered as soon as its head is there. Knows no sockets.</summary>
/// <param name="beat">Gets the token of a POST; false: it is nobody's.</param>
internal sealed class HeartbeatRequests(Func<string, bool> beat)
{
    private const int MaxHead = 4096;
    private const int MaxBody = 64 * 1024;
    private readonly List<byte> received = [];
    private int skip;

    /// <returns>What to answer, and whether the connection goes on.</returns>
    public (string Answer, bool GoesOn) Take(ReadOnlySpan<byte> bytes)
    {
        received.AddRange(bytes);
        var answers = new StringBuilder();
        while (true)
        {
            var skipped = Math.Min(skip, received.Count);
            received.RemoveRange(0, skipped);
            skip -= skipped;
            var text = Encoding.Latin1.GetString([.. received]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (skip > 0 || end < 0)
                return (answers.ToString(), received.Count <= MaxHead);
            received.RemoveRange(0, end + 4);
            var (status, body, goesOn) = Judge(text[..end].Split("\r\n"));
            answers.Append($"HTTP/1.1 {status}\r\n{(status[0] == '2' ? "" : "Content-Length: 0\r\n")}{(goesOn ? "" : "Connection: close\r\n")}\r\n");
            if (!goesOn)
                return (answers.ToString(), false);
            skip = body;
        }
    }

    private (string Status, int Body, bool GoesOn) Judge(string[] head)
    {
        var (body, goesOn) = (0, true);
        foreach (var line in head.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : line[..colon].ToLowerInvariant())
            {
                case "content-length":
                    goesOn &= int.TryParse(value, out body) && body is >= 0 and <= MaxBody;
                    break;
                case "transfer-encoding":
                    goesOn = false;
                    break;
                case "connection":
                    goesOn &= !value.Equals("close", StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    break;
            }
        }

        var request = head[0].Split(' ');
        if (request.Length != 3 || !request[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return ("400 Bad Request", 0, false);
        goesOn &= request[2] == "HTTP/1.1";
        if (request[0] != "POST")
            return ("405 Method Not Allowed", body, goesOn);
        return (beat(request[1].TrimStart('/')) ? "204 No Content" : "404 Not Found", body, goesOn);
    }
}
