namespace MyApp.Cli.Output;

/// <summary>A piece of a line.</summary>
internal readonly record struct Styled(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Styled(string text) => new(text);
}
