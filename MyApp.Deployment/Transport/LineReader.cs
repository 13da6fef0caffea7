using System.Text;

namespace MyApp.Deployment.Transport;

/// <summary>Reads lines of bounded length; a longer one is told in pieces.</summary>
internal static class LineReader
{
    private const int MaxLine = 16 * 1024;

    public static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[4096];
        var line = new StringBuilder();
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            foreach (var c in buffer.AsSpan(0, count))
                Take(c, line, onLine);
        }

        if (line.Length > 0)
            Tell(line, onLine);
    }

    private static void Take(char c, StringBuilder line, Action<string> onLine)
    {
        if (c != '\n')
            line.Append(c);
        if (c == '\n' || line.Length >= MaxLine)
            Tell(line, onLine);
    }

    private static void Tell(StringBuilder line, Action<string> onLine)
    {
        if (line.Length > 0 && line[^1] == '\r')
            line.Length--;
        onLine(line.ToString());
        line.Clear();
    }
}
