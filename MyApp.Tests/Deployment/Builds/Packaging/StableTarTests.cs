using System.Formats.Tar;
using MyApp.Deployment.Builds.Packaging;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Packaging;

public sealed class StableTarTests
{
    [Fact]
    public async Task Add_AnyName_ReadsTheSameForWhoeverTakesItForUstar()
    {
        string[] names = ["bin/hello", $"{new string('l', 120)}/file", "größe", "./control"];
        using var archive = new MemoryStream();
        await using (var tar = new StableTar(archive))
        {
            foreach (var name in names)
                await tar.AddAsync(name, "text", StableTar.Plain, BuildBench.Ct);
        }

        // Two folders, and two long names of their own.
        var prefixes = TarHeaders.PrefixesOf(archive.ToArray());
        Assert.Equal(names.Length + 4, prefixes.Count);
        Assert.All(prefixes, prefix => Assert.Equal(new byte[prefix.Length], prefix));
        archive.Position = 0;
        Assert.Equal(names, await FilesAsync(archive));
    }

    private static async Task<List<string>> FilesAsync(Stream archive)
    {
        await using var tar = new TarReader(archive);
        var files = new List<string>();
        while (await tar.GetNextEntryAsync(copyData: false, BuildBench.Ct) is { } entry)
        {
            if (entry.EntryType == TarEntryType.RegularFile)
                files.Add(entry.Name);
        }

        return files;
    }
}
