using System.Net;
using System.Net.Http.Headers;

namespace MyApp.Cli.Remote;

/// <summary>A file as a request's body that tells how much of it is sent.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int Piece = 64 * 1024;

    private readonly FileStream file;
    private readonly Action<long> sent;

    public UploadContent(string path, Action<long> sent)
    {
        file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        this.sent = sent;
        Headers.ContentType = new MediaTypeHeaderValue("application/gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        file.Position = 0;
        var buffer = new byte[Piece];
        for (int read; (read = await file.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent(file.Position);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
