namespace MyApp.Hosting.HostBinaries;

/// <summary>A Redis server that runs from the machine's own binary, through the guard's shim.</summary>
internal sealed class HostRedisResource(string name, string guard, string server, string dataFolder, ParameterResource password)
    : ExecutableResource(name, guard, Path.GetTempPath()), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public string Server => server;

    public string DataFolder => dataFolder;

    public ParameterResource Password => password;

    public EndpointReference PrimaryEndpoint => new(this, EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)},password={password}");

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Port)}")),
        new("Password", ReferenceExpression.Create($"{password}")),
        new("Uri", ReferenceExpression.Create(
            $"redis://:{password:uri}@{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)}")),
    ];
}
