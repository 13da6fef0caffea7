using System.Security.Cryptography;
using System.Text;

namespace MyApp.Supervision.Control;

/// <summary>Where a guard keeps its things below one data folder (<c>MYAPP_DATA</c>).</summary>
public sealed class GuardPaths(string dataFolder)
{
    // sockaddr_un holds 108 bytes with the final NUL (unix(7)).
    private const int MaxSocketPath = 107;

    public string DataFolder { get; } = Path.GetFullPath(dataFolder);

    public string StateFolder => Path.Combine(DataFolder, "guard");

    /// <summary><c>{data}/guard/guard.sock</c>; a folder of a short name under /tmp where that would be too long for a socket.</summary>
    public string SocketPath
    {
        get
        {
            var path = Path.Combine(StateFolder, "guard.sock");
            return Encoding.UTF8.GetByteCount(path) <= MaxSocketPath ? path : Path.Combine(ShortFolder, "guard.sock");
        }
    }

    /// <summary><c>{data}/logs/{environment}/{service}/{access,error,trace}.log</c>.</summary>
    public string LogsFolder => Path.Combine(DataFolder, "logs");

    /// <summary>Releases are placed at <c>{data}/services/{service}/releases/{id}/{bin,config,unit}</c>, <c>current</c> pointing to one.</summary>
    public string ServicesFolder => Path.Combine(DataFolder, "services");

    /// <summary>Files of values: <c>{data}/config/{environment}/{service}/{release}/{instance}/{name}</c>.</summary>
    public string ConfigFolder => Path.Combine(DataFolder, "config");

    private string ShortFolder =>
        Path.Combine("/tmp", $"myapp-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DataFolder)))[..16]}");
}
