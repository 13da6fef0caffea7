using System.Text;

namespace MyApp.Guard.Native;

/// <summary>
/// http://www.isthe.com/chongo/tech/comp/fnv: where nobody has to be kept from finding collisions. .NET's SHA-256 would load OpenSSL,
/// which is as large as the whole guard.
/// </summary>
internal static class Fnv1a
{
    public static uint Hash(string text)
    {
        var hash = 2166136261;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ octet) * 16777619);
        return hash;
    }
}
