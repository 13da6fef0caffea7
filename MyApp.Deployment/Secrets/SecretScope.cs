namespace MyApp.Deployment.Secrets;

/// <summary>Whom a secret is for.</summary>
/// <param name="Service">Null: every service of the environment; one of the same name for a service goes before it.</param>
public sealed record SecretScope(string Environment, string? Service)
{
    public override string ToString() => Service is null ? Environment : $"{Service} in {Environment}";
}
