using System.Runtime.InteropServices;

namespace MyApp.Guard.Probing;

/// <summary>The few functions of libssl that a client needs, found when the library is loaded.</summary>
internal sealed unsafe class OpenSsl
{
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1", "libssl.so"];
    private readonly delegate* unmanaged<nint, nint> create;
    private readonly delegate* unmanaged<nint, int, int> setFd;
    private readonly delegate* unmanaged<nint, int, nint, void*, nint> control;
    private readonly delegate* unmanaged<nint, int> connect;
    private readonly delegate* unmanaged<nint, byte*, int, int> read;
    private readonly delegate* unmanaged<nint, byte*, int, int> write;
    private readonly delegate* unmanaged<nint, int, int> getError;
    private readonly delegate* unmanaged<nint, void> free;
    private readonly delegate* unmanaged<void> clearErrors;
    private readonly delegate* unmanaged<nuint> lastError;
    private readonly delegate* unmanaged<nuint, byte*> reason;

    private OpenSsl(nint library)
    {
        nint Find(string name) => NativeLibrary.GetExport(library, name);
        create = (delegate* unmanaged<nint, nint>)Find("SSL_new");
        setFd = (delegate* unmanaged<nint, int, int>)Find("SSL_set_fd");
        control = (delegate* unmanaged<nint, int, nint, void*, nint>)Find("SSL_ctrl");
        connect = (delegate* unmanaged<nint, int>)Find("SSL_connect");
        read = (delegate* unmanaged<nint, byte*, int, int>)Find("SSL_read");
        write = (delegate* unmanaged<nint, byte*, int, int>)Find("SSL_write");
        getError = (delegate* unmanaged<nint, int, int>)Find("SSL_get_error");
        free = (delegate* unmanaged<nint, void>)Find("SSL_free");
        // These are libcrypto's, which comes with libssl: a look-up through a library sees what that depends on.
        clearErrors = (delegate* unmanaged<void>)Find("ERR_clear_error");
        lastError = (delegate* unmanaged<nuint>)Find("ERR_get_error");
        reason = (delegate* unmanaged<nuint, byte*>)Find("ERR_reason_error_string");
        var method = (delegate* unmanaged<nint>)Find("TLS_client_method");
        var newContext = (delegate* unmanaged<nint, nint>)Find("SSL_CTX_new");
        Context = newContext(method());
    }

    public nint Context { get; }

    /// <returns>Null: there is none on this host.</returns>
    public static OpenSsl? Load()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, "TLS_client_method", out _))
                return new OpenSsl(library);
        }

        return null;
    }

    public nint New(nint context) => context == 0 ? 0 : create(context);

    public int SetFd(nint session, int fd) => setFd(session, fd);

    public nint Control(nint session, int command, nint number, void* pointer) => control(session, command, number, pointer);

    public int Connect(nint session) => connect(session);

    public int Read(nint session, byte* buffer, int length) => read(session, buffer, length);

    public int Write(nint session, byte* buffer, int length) => write(session, buffer, length);

    public int GetError(nint session, int result) => getError(session, result);

    public void Free(nint session) => free(session);

    /// <summary>SSL_get_error looks at the thread's queue of errors, which must hold none of before.</summary>
    public void ClearErrors() => clearErrors();

    public string LastReason() => Marshal.PtrToStringUTF8((nint)reason(lastError())) ?? "connection closed";
}
