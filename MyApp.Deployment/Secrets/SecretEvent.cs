namespace MyApp.Deployment.Secrets;

public enum SecretAction { Set, Read, Rotate }

/// <summary>That somebody did something with a secret; never what it is.</summary>
/// <param name="By">A person, or the release it was handed to.</param>
/// <param name="Version">Null: all of them.</param>
public sealed record SecretEvent(DateTimeOffset Time, SecretAction Action, string By, string Environment, string? Service, string Name, int? Version);
