using System.Security.Cryptography;

namespace MyApp.Hosting.Engine.Parameters;

internal static class PasswordGenerator
{
    private const string Lower = "abcdefghjkmnpqrstuvwxyz";
    private const string Upper = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Numeric = "0123456789";
    private const string Special = "-_.{}~()*+!";

    public static string Generate(GenerateParameterDefault rules)
    {
        var kinds = new (bool Allowed, string Letters, int Least)[]
        {
            (rules.Lower, Lower, rules.MinLower), (rules.Upper, Upper, rules.MinUpper),
            (rules.Numeric, Numeric, rules.MinNumeric), (rules.Special, Special, rules.MinSpecial),
        };
        var all = string.Concat(kinds.Where(k => k.Allowed).Select(k => k.Letters));
        if (all.Length == 0)
            throw new InvalidOperationException("A generated parameter needs at least one kind of character.");

        var chosen = kinds.Where(k => k.Allowed).SelectMany(k => RandomNumberGenerator.GetItems<char>(k.Letters, k.Least)).ToList();
        chosen.AddRange(RandomNumberGenerator.GetItems<char>(all, Math.Max(0, rules.MinLength - chosen.Count)));
        var password = chosen.ToArray();
        RandomNumberGenerator.Shuffle<char>(password);
        return new string(password);
    }
}
