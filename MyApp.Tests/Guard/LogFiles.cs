using MyApp.Supervision.Logs;

namespace MyApp.Tests.Guard;

/// <summary>A service's log on the disk.</summary>
internal static class LogFiles
{
    /// <summary>
    /// All files of a stream, oldest first, opened at one moment: the guard compresses them meanwhile, and one that was listed may be gone, or
    /// be there in both forms.
    /// </summary>
    public static List<FileStream> OpenAll(string folder, LogStream stream)
    {
        while (true)
        {
            if (!Directory.Exists(folder))
                return [];
            var rotated = Directory.GetFiles(folder, $"{stream.Name()}-*");
            var live = Path.Combine(folder, $"{stream.Name()}.log");
            var wanted = rotated.Where(path => !rotated.Contains($"{path}.gz")).Order(StringComparer.Ordinal).Append(live).ToList();
            var files = new List<FileStream>();
            try
            {
                wanted.ForEach(path => files.Add(File.OpenRead(path)));
                return files;
            }
            catch (FileNotFoundException) when (File.Exists(live))
            {
                files.ForEach(file => file.Dispose());
            }
            catch (FileNotFoundException)
            {
                return files;
            }
        }
    }
}
