using MyApp.Cli.Local;
using MyApp.Cli.Output;
using MyApp.Cli.Remote;
using MyApp.Cli.Settings;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Cli;

/// <summary>One call of one command: its settings, its screen, and whom it talks to.</summary>
internal sealed class Invocation(CliHost host, CliSettings settings)
{
    public CliHost Host { get; } = host;

    public CliSettings Settings { get; } = settings;

    public Screen Screen { get; } = new(host, settings);

    /// <summary>Kept with rollouts and leases, e.g. <c>ada@build-1</c>.</summary>
    public static string RequestedBy => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>The vault of the data folder.</summary>
    public SecretVault LocalSecrets() => Deployment.Secrets.LocalSecrets.Of(DataPaths(), Host.Clock, Host.Variable);

    /// <summary>In UTC, as the last days of acceptances are meant.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Host.Clock.GetUtcNow().UtcDateTime);

    public IControl Connect() => Settings.Local
        ? new LocalControl(DataPaths(), Host.Clock)
        : new ControlPlaneClient(new ApiConnection(Settings.Api, Host.Clock));

    public ISettingsControl ConnectSettings() => Settings.Local
        ? new LocalSettings(LocalSecrets(), new FileRolloutStore(DataPaths().Local))
        : new RemoteSettings(new ApiConnection(Settings.Api, Host.Clock));

    /// <exception cref="CommandFailedException">With <c>--local</c> there is no control plane, and so no queue of builds.</exception>
    public RemoteBuilds ConnectBuilds() => Settings.Local
        ? throw new CommandFailedException(ExitCode.BadInput, "local mode has no queue of builds: 'myapp build' builds here")
        : new RemoteBuilds(new ApiConnection(Settings.Api, Host.Clock));

    /// <summary>The data folder of <c>MYAPP_DATA</c>, or its default.</summary>
    public DataPaths DataPaths() => Host.Variable(DataFolder.Variable) is { Length: > 0 } data ? new DataPaths(Host.FullPath(data)) : Deployment.Transport.DataPaths.Resolve();

    /// <summary>The one service a command is about: its argument, else <c>--service</c>.</summary>
    public string RequireService(string? argument)
    {
        if ((argument ?? Settings.Service) is not { } service)
            throw new CommandFailedException(ExitCode.BadInput, "which service? Name it after the command, or with --service");
        return Names.IsValid(service)
            ? service
            : throw new CommandFailedException(ExitCode.BadInput, $"'{service}' is not the name of a service: {Names.Rule}");
    }
}
