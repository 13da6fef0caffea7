using MyApp.Guard.Containment;
using MyApp.Guard.Fleet;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Serve;

/// <summary>A folder of unit files (<c>*.json</c>) that people and tools put there; how they are written says <see cref="UnitFile"/>.</summary>
internal sealed class UnitFolder(string path, CgroupRoot cgroups)
{
    public string Path { get; } = path;

    /// <summary>Reads all of it.</summary>
    /// <returns>The units, and what is wrong; with any problem the units mean nothing.</returns>
    public (IReadOnlyList<Unit> Units, IReadOnlyList<string> Problems) Read()
    {
        try
        {
            // A folder that is gone is a mistake, not the wish to have no units.
            var files = Directory.EnumerateFiles(Path, "*.json").Where(f => !System.IO.Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)
                .Select(f => (Text: File.ReadAllBytes(f), Path: f)).Select(f => (File: UnitFile.Read(f.Path, f.Text), f.Text)).ToList();
            var problems = files.SelectMany(f => f.File.Problems).Concat(UnitSet.Problems(files)).Select(p => p.ToString())
                .Concat(files.SelectMany(f => Inadmissible(f.File))).ToList();
            return ([.. files.Select(f => f.File.Unit).OfType<Unit>()], problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], [$"{Path}: {e.Message}"]);
        }
    }

    private IEnumerable<string> Inadmissible(UnitFile file)
    {
        if (file.Unit is null)
            return [];
        try
        {
            UnitAdmission.Check(file.Unit, cgroups);
            return [];
        }
        catch (GuardException e)
        {
            return [$"{file.Name}:1:1: {e.Message}"];
        }
    }
}
