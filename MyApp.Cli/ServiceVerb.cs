namespace MyApp.Cli;

internal enum ServiceVerb { Start, Stop, Restart }
