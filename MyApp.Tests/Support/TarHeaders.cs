using System.Text;

namespace MyApp.Tests.Support;

/// <summary>The headers of a tar archive as they lie in it, those of long names among them.</summary>
internal static class TarHeaders
{
    private const int Block = 512;

    /// <summary>Of each header what lies where ustar has the first part of a long name.</summary>
    public static IReadOnlyList<byte[]> PrefixesOf(ReadOnlySpan<byte> archive)
    {
        var prefixes = new List<byte[]>();
        for (var at = 0; archive[at] != 0;)
        {
            prefixes.Add(archive.Slice(at + 345, 155).ToArray());
            var size = Convert.ToInt32(Encoding.ASCII.GetString(archive.Slice(at + 124, 11)), 8);
            at += Block + ((size + Block - 1) / Block * Block);
        }

        return prefixes;
    }
}
