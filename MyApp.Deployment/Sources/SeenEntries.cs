namespace MyApp.Deployment.Sources;

/// <summary>What an archive has had so far: no name twice, and nothing below something that is no folder.</summary>
internal sealed class SeenEntries(int maxEntries)
{
    private readonly Dictionary<string, EntryKind> kinds = new(StringComparer.Ordinal);
    private int count;

    public int Files { get; private set; }

    public void Add(ArchiveEntry entry)
    {
        if (++count > maxEntries)
            throw new SourceRefusedException(SourceRefusal.TooManyEntries, $"the archive has more than {maxEntries} entries");
        AddParents(entry.Name);
        if (kinds.TryGetValue(entry.Name, out var before) && (before != EntryKind.Folder || entry.Kind != EntryKind.Folder))
            throw new SourceRefusedException(SourceRefusal.DuplicateName, $"'{EntryNames.Shown(entry.Name)}' is in the archive twice");
        if (entry.Kind == EntryKind.HardLink && (!kinds.TryGetValue(entry.Link!, out var linked) || linked is not EntryKind.File and not EntryKind.HardLink))
        {
            throw new SourceRefusedException(
                SourceRefusal.UnsafeLink, $"the hard link '{EntryNames.Shown(entry.Name)}' points to '{EntryNames.Shown(entry.Link!)}', which is no earlier file of the archive");
        }

        kinds[entry.Name] = entry.Kind;
        if (entry.Kind != EntryKind.Folder)
            Files++;
    }

    private void AddParents(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            var parent = name[..slash];
            if (!kinds.TryAdd(parent, EntryKind.Folder) && kinds[parent] != EntryKind.Folder)
            {
                throw new SourceRefusedException(
                    kinds[parent] == EntryKind.File ? SourceRefusal.DuplicateName : SourceRefusal.UnsafeLink,
                    $"'{EntryNames.Shown(name)}' leads through '{EntryNames.Shown(parent)}', which is no folder");
            }
        }
    }
}
