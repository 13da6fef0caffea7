using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Secrets;

public static class LocalSecrets
{
    /// <summary>The vault of local mode: sealed in a file of the data folder.</summary>
    /// <param name="variable">Reads a variable; null: those of this process.</param>
    public static SecretVault Of(DataPaths paths, TimeProvider clock, Func<string, string?>? variable = null) =>
        new(new FileSecretStore(paths.Secrets), make => KeyRing.Load(variable ?? Environment.GetEnvironmentVariable, paths.SecretKeys, make), clock);
}
