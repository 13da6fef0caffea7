namespace MyApp.Deployment.Approvals;

/// <summary>Who has to sign before something new gets to an environment.</summary>
/// <param name="Needed">Different people, 1 to 20.</param>
/// <param name="People">Their public keys in short form (<c>ed25519:…</c>) by name.</param>
public sealed record ApprovalRule(int Needed, IReadOnlyDictionary<string, string> People)
{
    public const int MostNeeded = 20;

    /// <summary>The person and a second one.</summary>
    public const int DefaultNeeded = 2;

    /// <summary>Whose key it is; null: nobody's.</summary>
    public string? NameOf(string? key) => People.FirstOrDefault(person => person.Value == key).Key;

    public override string ToString() => $"{Needed} of {string.Join(", ", People.Keys.Order(StringComparer.Ordinal))}";
}
