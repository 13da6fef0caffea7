namespace MyApp.Cli;

/// <summary>Nobody reads standard output any more: there is nothing left to do, and nobody to tell.</summary>
internal sealed class ReaderGoneException() : IOException("the reader of the output has gone");
