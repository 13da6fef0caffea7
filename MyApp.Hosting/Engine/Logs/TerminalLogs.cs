using MyApp.Hosting.Engine.Parameters;

namespace MyApp.Hosting.Engine.Logs;

/// <summary>The lines of every resource on the AppHost's own output, each with the resource's name before it.</summary>
internal sealed class TerminalLogs(ResourceLoggerService loggers, SecretValues secrets)
{
    private static readonly string[] Colours = ["\e[36m", "\e[33m", "\e[32m", "\e[35m", "\e[34m", "\e[96m", "\e[93m", "\e[92m"];
    private const string Reset = "\e[0m";

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> prefixes = new(StringComparer.OrdinalIgnoreCase);

    public void Attach(DistributedApplicationModel model)
    {
        // https://no-color.org: the variable's presence is what counts.
        var coloured = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        var width = model.Resources.Select(r => r.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var (index, resource) in model.Resources.Index())
        {
            var name = resource.Name.PadRight(width);
            prefixes[ResourceNotificationService.ResourceId(resource)] = coloured ? $"{Colours[index % Colours.Length]}{name}{Reset} | " : $"{name} | ";
        }

        loggers.LineWritten += Write;
    }

    public void Flush()
    {
        loggers.LineWritten -= Write;
        Console.Out.Flush();
    }

    private void Write(string resource, LogLine line)
    {
        // The time is for those who read later; a terminal shows lines as they come.
        var text = line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        foreach (var secret in secrets.Values)
            text = text.Replace(secret, "****", StringComparison.Ordinal);
        lock (gate)
            Console.Out.WriteLine(prefixes.GetValueOrDefault(resource, $"{resource} | ") + text);
    }
}
