using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Tests.Api;

/// <summary>Small source archives, good and hostile.</summary>
internal static class Archives
{
    public static byte[] Of(params (string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, text) in files)
            {
                using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content, ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }

        return bytes.ToArray();
    }

    public static async Task<HttpResponseMessage> UploadAsync(this HttpClient client, HttpContent content)
    {
        content.Headers.ContentType = new("application/gzip");
        return await client.PostAsync(new Uri("/api/v1/sources", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    /// <summary>Uploads a small good archive; its digest.</summary>
    public static async Task<string> UploadSampleAsync(this HttpClient client, string text = "service: orders")
    {
        using var answer = await client.UploadAsync(new ByteArrayContent(Of(("myapp.yaml", text))));
        return (await answer.ReadAsync(System.Net.HttpStatusCode.Created, WireJson.Default.SourceReceipt)).Digest;
    }
}
