using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Serve;

/// <summary>
/// Descriptors that a guard leaves to the one it becomes, or its keeper to one that it starts. They stay open over execve; which is which is written in a file in memory, whose
/// number is in the environment: a line each, <c>number name</c>.
/// </summary>
internal sealed class Handover
{
    /// <summary>The socket to the keeper.</summary>
    public const string Keeper = "keeper";

    /// <summary>The lock of the data folder.</summary>
    public const string Lock = "lock";

    /// <summary>The control socket, listening.</summary>
    public const string Control = "control";

    /// <summary>To be held until the new guard has opened it anew: what is in a pipe ends with its last descriptor.</summary>
    public const string Hold = "hold";

    private const string Variable = "MYAPP_GUARD_HANDOVER";
    private readonly List<(string Name, int Descriptor)> all;

    private Handover(List<(string, int)> all) => this.all = all;

    public static Handover None { get; } = new([]);

    /// <summary>What is left, in the order in which it was.</summary>
    public IReadOnlyList<string> Names => [.. all.Select(h => h.Name)];

    /// <summary>What a guard before this one in the same process, or a keeper, has left.</summary>
    public static Handover Take()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return None;
        Environment.SetEnvironmentVariable(Variable, null);
        using var file = new SafeFileHandle(number, ownsHandle: true);
        if (Libc.lseek(number, 0, 0) < 0)
            return None;
        var all = new List<(string, int)>();
        foreach (var line in Encoding.UTF8.GetString(Fd.ReadToEnd(number)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var descriptor = int.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture);
            _ = Libc.fcntl(descriptor, F_SETFD, FD_CLOEXEC);
            all.Add((line[(space + 1)..], descriptor));
        }

        return new Handover(all);
    }

    /// <returns>The descriptor, now the caller's; null: none of this name was left.</returns>
    public int? Claim(string name)
    {
        var index = all.FindIndex(h => h.Name == name);
        if (index < 0)
            return null;
        var descriptor = all[index].Descriptor;
        all.RemoveAt(index);
        return descriptor;
    }

    /// <returns>All whose names begin so, now the caller's.</returns>
    public IReadOnlyList<(string Name, int Descriptor)> ClaimAll(params string[] beginnings)
    {
        var claimed = all.Where(h => beginnings.Any(b => h.Name.StartsWith(b, StringComparison.Ordinal))).ToList();
        all.RemoveAll(claimed.Contains);
        return claimed;
    }

    /// <summary>Closes what nobody has claimed.</summary>
    public void CloseRest()
    {
        foreach (var (_, descriptor) in all)
            _ = Libc.close(descriptor);
        all.Clear();
    }

    /// <summary>Leaves descriptors to whatever this process becomes.</summary>
    /// <returns>What to put into the environment; disposing it takes all back.</returns>
    public static Leaving Leave(IReadOnlyList<(string Name, int Descriptor)> descriptors) => new(descriptors);

    internal sealed class Leaving : IDisposable
    {
        private readonly IReadOnlyList<(string Name, int Descriptor)> descriptors;
        private readonly SafeFileHandle file;

        public Leaving(IReadOnlyList<(string Name, int Descriptor)> descriptors)
        {
            this.descriptors = descriptors;
            file = InMemory(Encoding.UTF8.GetBytes(string.Concat(descriptors.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Descriptor} {d.Name}\n")))));
            SetFlags(0);
        }

        public string Variable => string.Create(CultureInfo.InvariantCulture, $"{Handover.Variable}={Fd.Number(file)}");

        public void Dispose()
        {
            SetFlags(FD_CLOEXEC);
            file.Dispose();
        }

        private static SafeFileHandle InMemory(byte[] content)
        {
            var descriptor = Libc.memfd_create("handover", 0);
            NativeException.ThrowIf(descriptor < 0, "memfd_create");
            var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            Fd.WriteAll(handle, content);
            return handle;
        }

        private void SetFlags(int flags)
        {
            foreach (var descriptor in descriptors.Select(d => d.Descriptor).Append(Fd.Number(file)))
                _ = Libc.fcntl(descriptor, F_SETFD, flags);
        }
    }
}
