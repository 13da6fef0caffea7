using System.CommandLine;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp config</c>: where values come from.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandRunner runner) => new("config", "Where the values of a service come from, and what is kept of them in the control plane.")
    {
        ConfigExplainCommand.Create(runner),
        ConfigDiffCommand.Create(runner),
        ConfigChangeCommands.Show(runner),
        ConfigChangeCommands.Set(runner),
        ConfigChangeCommands.Unset(runner),
        ConfigChangeCommands.History(runner),
        ConfigChangeCommands.RollBack(runner),
    };
}
