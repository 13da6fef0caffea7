namespace MyApp.Hosting.Engine.Dashboard.Resources;

/// <summary>Blots out known secrets, wherever they stand in a text. The dashboard never gets them, not even hidden behind a button.</summary>
internal sealed class SecretMask(Func<IReadOnlyCollection<string>> secrets)
{
    public const string Dots = "●●●●●●";

    // What a variable or property of such a name holds is a secret even when nobody declared it.
    private static readonly string[] SecretNames = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATEKEY", "PRIVATE_KEY"];

    public string Text(string text)
    {
        // The longest first: one may contain another.
        foreach (var secret in secrets().Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, Dots, StringComparison.Ordinal);
        return text;
    }

    public string Value(string name, string value) =>
        value.Length > 0 && SecretNames.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) ? Dots : Text(value);
}
