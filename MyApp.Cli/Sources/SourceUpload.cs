using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Sources;

/// <summary>Packs a project's folder, hands it over and tells how that goes.</summary>
internal static class SourceUpload
{
    /// <exception cref="CommandFailedException">The folder can't be packed, or the archive was refused.</exception>
    public static async Task<SourceReceipt> SendAsync(Invocation call, IControl control, Project project, CancellationToken ct)
    {
        using var archive = await PackedSource.PackAsync(project.Folder, ct);
        var upload = new UploadProgress(call.Screen, call.Host.Clock, archive.Bytes);
        var receipt = await control.AddSourceAsync(archive.Path, upload.OnSent, ct);
        upload.Finish();
        return receipt;
    }
}
