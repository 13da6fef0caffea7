using MyApp.Cli.Output;

namespace MyApp.Cli.Sources;

/// <summary>Tells how an upload goes, once a second where it takes longer than that, and how much it was at the end.</summary>
internal sealed class UploadProgress(Screen screen, TimeProvider clock, long total)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long began = clock.GetTimestamp();
    private long told = clock.GetTimestamp();

    public void OnSent(long bytes)
    {
        if (bytes == total || clock.GetElapsedTime(told) < Pause)
            return;
        told = clock.GetTimestamp();
        screen.Progress(new Styled($"source: {Words.Bytes(bytes)} of {Words.Bytes(total)} ({100 * bytes / Math.Max(1, total)} %)", Tone.Faint));
    }

    public void Finish() => screen.Progress($"source: {Words.Bytes(total)} sent in {Words.Duration(clock.GetElapsedTime(began))}");
}
