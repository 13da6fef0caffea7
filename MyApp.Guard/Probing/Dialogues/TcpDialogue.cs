namespace MyApp.Guard.Probing.Dialogues;

/// <summary>Is there anybody? A connection is the answer.</summary>
internal sealed class TcpDialogue : Dialogue
{
    public static TcpDialogue Only { get; } = new();

    public override ReadOnlyMemory<byte> Opening => default;

    public override DialogueStep Take(ReadOnlySpan<byte> all, bool ended) => new(true, "connected");
}
