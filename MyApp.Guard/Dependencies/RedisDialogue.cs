using System.Text;
using MyApp.Guard.Probing.Dialogues;

namespace MyApp.Guard.Dependencies;

/// <summary>PING. There when it answers PONG, or that a password is wanted; not while it loads its data.</summary>
internal sealed class RedisDialogue : Dialogue
{
    private const int MaxLine = 512;
    private static readonly byte[] Ping = "*1\r\n$4\r\nPING\r\n"u8.ToArray();

    public override ReadOnlyMemory<byte> Opening => Ping;

    public override DialogueStep Take(ReadOnlySpan<byte> all, bool ended)
    {
        var end = all.IndexOf((byte)'\n');
        if (end < 0 && !ended && all.Length < MaxLine)
            return DialogueStep.GoOn;
        var line = Encoding.UTF8.GetString(all[..Math.Min(MaxLine, end < 0 ? all.Length : end)]).TrimEnd('\r');
        var passed = line == "+PONG" || line.StartsWith("-NOAUTH", StringComparison.Ordinal);
        return new DialogueStep(passed, line.Length == 0 ? "connection closed without an answer" : line);
    }
}
