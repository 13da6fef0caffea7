using System.Collections.Concurrent;

namespace MyApp.Tests.Support;

/// <summary>Lines a program has written, gathered while it runs.</summary>
internal sealed class ConcurrentLines
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyCollection<string> All => lines;

    public void Add(string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    public override string ToString() => string.Join('\n', lines);
}
