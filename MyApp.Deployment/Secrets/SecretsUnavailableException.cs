namespace MyApp.Deployment.Secrets;

/// <summary>A secret can't be opened or sealed, for a reason a person can act on. Says which, and never what it is.</summary>
public sealed class SecretsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
