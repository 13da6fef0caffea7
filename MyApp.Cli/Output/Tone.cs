namespace MyApp.Cli.Output;

/// <summary>What a piece of text means; colours are chosen from it, where there are colours.</summary>
internal enum Tone { Plain, Strong, Faint, Good, Warning, Bad }
