using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>Where the keys of a data folder's own builder lie.</summary>
public static class BuilderKeys
{
    /// <summary>The public half, for whoever is to check this builder's work elsewhere. Not there before the first build.</summary>
    public static string PublicPath(DataPaths paths) => Path.Combine(Folder(paths), "build.pub.pem");

    internal static string PrivatePath(DataPaths paths) => Path.Combine(Folder(paths), "build.key.pem");

    internal static string Folder(DataPaths paths) => Path.Combine(paths.DataFolder, "keys");
}
