using System.Text;

namespace MyApp.Deployment.Transport;

/// <summary>Keeps the beginning and the end of a stream of lines within a bound: a flood of output must not become memory.</summary>
internal sealed class CapturedText(int max)
{
    private readonly StringBuilder head = new();
    private readonly Queue<string> tail = new();
    private int tailLength;
    private long dropped;

    public void Add(string line)
    {
        if (tail.Count == 0 && head.Length + line.Length < max / 2)
        {
            head.Append(line).Append('\n');
            return;
        }

        var kept = line.Length > max / 2 ? line[..(max / 2)] : line;
        tail.Enqueue(kept);
        tailLength += kept.Length + 1;
        while (tailLength > max / 2 && tail.Count > 1)
        {
            tailLength -= tail.Dequeue().Length + 1;
            dropped++;
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder(head.ToString());
        if (dropped > 0)
            text.Append("… (").Append(dropped).Append(" lines left out) …\n");
        foreach (var line in tail)
            text.Append(line).Append('\n');
        return text.ToString();
    }
}
