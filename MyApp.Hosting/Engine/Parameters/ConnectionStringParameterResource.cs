namespace MyApp.Hosting.Engine.Parameters;

internal sealed class ConnectionStringParameterResource(string name, ParameterResource parameter, string? environmentVariable)
    : Resource(name), IResourceWithConnectionString
{
    public ParameterResource Parameter => parameter;

    public string? ConnectionStringEnvironmentVariable => environmentVariable;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{parameter}");
}
