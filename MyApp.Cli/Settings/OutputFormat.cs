namespace MyApp.Cli.Settings;

internal enum OutputFormat { Text, Json }
