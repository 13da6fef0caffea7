using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Builds;

/// <summary>Reads a build's log: what is there, then what comes, until the build is over.</summary>
internal sealed class BuildLog(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups)
{
    private const int Page = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Lines after one in batches; an empty one says that nothing came for a while. Ends with the build's last line.</summary>
    /// <param name="follow">False: ends with the last line that is there.</param>
    public async IAsyncEnumerable<IReadOnlyList<BuildLogLine>> FollowAsync(Guid build, long after, bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var beat = wakeups.BuildLines.Next;
            // The state first: a build that is over by then has written its last line.
            var over = await IsOverAsync(build, ct);
            var lines = await ReadAsync(build, after, ct);
            yield return lines;
            if (lines.Count > 0)
                after = lines[^1].Sequence;
            if (lines.Count == Page)
                continue;
            if (over || !follow)
                yield break;
            await wakeups.BuildLines.WaitAsync(beat, Poll, ct);
        }
    }

    private async Task<bool> IsOverAsync(Guid build, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var state = await db.Builds.Where(each => each.Id == build).Select(each => each.State).SingleAsync(ct);
        return state.IsFinal();
    }

    /// <summary>A page of it.</summary>
    public async Task<IReadOnlyList<BuildLogLine>> ReadAsync(Guid build, long after, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.BuildLines.AsNoTracking().Where(line => line.Build == build && line.Sequence > after).OrderBy(line => line.Sequence).Take(Page)
            .Select(line => new BuildLogLine(line.Sequence, line.Time, line.Platform, line.Text)).ToListAsync(ct);
    }
}
