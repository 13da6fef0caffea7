using System.Reflection;

namespace MyApp.Hosting.Engine;

internal sealed record AppHostLocation(string Folder, Assembly? Assembly);
