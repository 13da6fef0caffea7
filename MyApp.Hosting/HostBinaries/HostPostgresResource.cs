namespace MyApp.Hosting.HostBinaries;

/// <summary>A PostgreSQL server that runs from the machine's own binaries, through the guard's shim.</summary>
internal sealed class HostPostgresResource(string name, string guard, PostgresInstallation installation, string dataFolder, ParameterResource password)
    : ExecutableResource(name, guard, Path.GetTempPath()), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";
    public const string UserName = "postgres";

    public PostgresInstallation Installation => installation;

    /// <summary>The cluster's folder (PGDATA).</summary>
    public string DataFolder => dataFolder;

    public ParameterResource Password => password;

    public EndpointReference PrimaryEndpoint => new(this, EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserName};Password={password}");

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Port)}")),
        new("Username", ReferenceExpression.Create($"{UserName}")),
        new("Password", ReferenceExpression.Create($"{password}")),
        new("Uri", Uri("")),
    ];

    public ReferenceExpression Uri(string path) => ReferenceExpression.Create(
        $"postgresql://{UserName}:{password:uri}@{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)}{path}");
}
