namespace MyApp.Hosting.HostBinaries;

internal sealed class HostPostgresDatabaseResource(string name, HostPostgresResource server)
    : Resource(name), IResourceWithParent<HostPostgresResource>, IResourceWithConnectionString
{
    public HostPostgresResource Parent => server;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{server.ConnectionStringExpression};Database={Name}");

    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        .. server.GetConnectionProperties().Where(p => p.Key != "Uri"),
        new("DatabaseName", ReferenceExpression.Create($"{Name}")),
        new("Uri", server.Uri($"/{Name}")),
    ];
}
