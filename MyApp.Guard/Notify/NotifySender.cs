namespace MyApp.Guard.Notify;

/// <summary>Who may speak for an instance.</summary>
/// <param name="Uid">The user it runs as.</param>
/// <param name="IsOwnUid">Nothing but the service runs as that user, so the user alone is proof.</param>
internal sealed record NotifySender(uint Uid, bool IsOwnUid)
{
    private int leader;

    /// <summary>The instance's process, as soon as there is one.</summary>
    public void Now(int pid) => Volatile.Write(ref leader, pid);

    /// <summary>
    /// A process of the instance's tree may; so may one that is gone already (<c>systemd-notify</c> in a script ends at once) if it ran as
    /// the same user.
    /// </summary>
    public bool Includes(int pid, uint uid)
    {
        if (uid != Uid && uid != 0)
            return false;
        if (uid == Uid && IsOwnUid)
            return true;
        var root = Volatile.Read(ref leader);
        return (root != 0 && ProcessDescent.Holds(root, pid)) || (uid == Uid && !Directory.Exists($"/proc/{pid}"));
    }
}
