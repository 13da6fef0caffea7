using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>The face of spawn.c: linked into the native guard, a library beside the managed one.</summary>
internal static partial class NativeSpawn
{
    /// <summary>What a member holds that leaves something as the parent has it.</summary>
    public const int Keep = int.MinValue;

    /// <returns>The pid; -1: <see cref="NativeOrder.FailedStep"/> and <see cref="NativeOrder.Error"/> say why, and nothing is left running.</returns>
    [LibraryImport("myappspawn")]
    public static unsafe partial int myapp_spawn(NativeOrder* order);
}

/// <summary><c>struct limit</c> of spawn.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeLimit
{
    public int Resource;
    public int Unused;
    public ulong Value;
}

/// <summary><c>struct order</c> of spawn.c, which says what each member is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeOrder
{
    public byte* Path;
    public byte** Arguments;
    public byte** Environment;
    public byte* Folder;
    public byte* ListenPid;
    public uint* Groups;
    public int* CgroupTasks;
    public int* Descriptors;
    public NativeLimit* Limits;
    public int GroupCount;
    public int CgroupTaskCount;
    public int DescriptorCount;
    public int LimitCount;
    public int CgroupFolder;
    public int ChangesUser;
    public uint Uid;
    public uint Gid;
    public int Umask;
    public int Nice;
    public int OomScoreAdjust;
    public int NoNewPrivileges;
    public int ParentDeathSignal;
    public int Parent;
    public int JoinsCgroupFolder;
    public int FailedStep;
    public int Error;
}
