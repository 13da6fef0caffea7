namespace MyApp.Guard.Probing.Dialogues;

/// <summary>How a conversation went so far.</summary>
/// <param name="Verdict">Null: not over.</param>
/// <param name="Text">With a verdict: what was answered, in words.</param>
/// <param name="Reply">To be sent now.</param>
internal readonly record struct DialogueStep(bool? Verdict, string Text = "", byte[]? Reply = null)
{
    public static DialogueStep GoOn { get; } = new(null);
}

/// <summary>One protocol's way of asking, as a state that is fed what came. Knows no sockets.</summary>
internal abstract class Dialogue
{
    /// <summary>Sent once connected. Empty: the connection itself is the answer.</summary>
    public abstract ReadOnlyMemory<byte> Opening { get; }

    /// <param name="all">Everything received since the beginning.</param>
    /// <param name="ended">Nothing more will come.</param>
    public abstract DialogueStep Take(ReadOnlySpan<byte> all, bool ended);
}
