namespace MyApp.Hosting.Engine.States;

/// <summary>Names of resource properties as the dashboard knows them.</summary>
internal static class KnownProperties
{
    public const string ProjectPath = "project.path";
    public const string ExecutablePath = "executable.path";
    public const string ExecutableWorkDir = "executable.workDir";
    public const string ExecutableArgs = "executable.args";
    public const string ExecutablePid = "executable.pid";
    public const string ContainerImage = "container.image";
    public const string ContainerId = "container.id";
    public const string ExitCode = "resource.exitCode";
    public const string WaitingFor = "resource.waitingFor";
    public const string ParameterValue = "Value";
}
