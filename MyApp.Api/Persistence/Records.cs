using System.Text.Json;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Units;

namespace MyApp.Api.Persistence;

/// <summary>Rows to records and back; no row leaves the feature that read it.</summary>
internal static class Records
{
    /// <summary>NUL is the one character PostgreSQL's text can't hold, and a compiler's output may.</summary>
    public static string Storable(this string text) => text.Replace('\0', '\uFFFD');

    /// <returns>Null where there are none.</returns>
    public static string? JsonOf(IReadOnlyList<string>? texts) => texts is not { Count: > 0 } ? null : JsonSerializer.Serialize(texts, WireJson.Default.IReadOnlyListString);

    /// <returns>Null for null.</returns>
    public static string? JsonOf(VcsState? vcs) => vcs is null ? null : JsonSerializer.Serialize(vcs, WireJson.Default.VcsState);

    /// <returns>Null for null.</returns>
    public static IReadOnlyList<string>? TextsOf(string? json) => json is null ? null : JsonSerializer.Deserialize(json, WireJson.Default.IReadOnlyListString);

    /// <returns>Null for null.</returns>
    public static VcsState? VcsOf(string? json) => json is null ? null : JsonSerializer.Deserialize(json, WireJson.Default.VcsState);

    /// <summary>One that an older control plane wrote lacks what has come since, which has its default then.</summary>
    public static Unit UnitOf(string json)
    {
        using var unit = JsonDocument.Parse(json);
        return UnitDefaults.Read(unit.RootElement);
    }

    public static Rollout ToRollout(this RolloutRow row) => new()
    {
        Id = row.Id,
        Service = row.Service,
        Environment = row.Environment,
        Kind = row.Kind,
        State = row.State,
        Version = row.Version,
        Source = row.Source,
        Promotes = row.Promotes,
        Vcs = VcsOf(row.Vcs),
        Set = TextsOf(row.Set),
        Release = row.Release,
        PreviousRelease = row.PreviousRelease,
        RequestedBy = row.RequestedBy,
        Failure = row.Failure,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
    };

    public static RolloutRow ToRow(this Rollout rollout) => new()
    {
        Id = rollout.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Kind = rollout.Kind,
        State = rollout.State,
        Version = rollout.Version,
        Source = rollout.Source,
        Promotes = rollout.Promotes,
        Vcs = JsonOf(rollout.Vcs),
        Set = JsonOf(rollout.Set),
        Release = rollout.Release,
        PreviousRelease = rollout.PreviousRelease,
        RequestedBy = rollout.RequestedBy,
        Failure = rollout.Failure,
        CreatedAt = rollout.CreatedAt.ToUniversalTime(),
        UpdatedAt = rollout.UpdatedAt.ToUniversalTime(),
    };

    public static RolloutEvent ToEvent(this EventRow row) => new()
    {
        Sequence = row.Sequence,
        Rollout = row.Rollout,
        Service = row.Service,
        Environment = row.Environment,
        Kind = row.Kind,
        State = row.State,
        Time = row.Time,
        Duration = row.Duration,
        Message = row.Message,
    };

    public static EventRow ToRow(this RolloutEvent said) => new()
    {
        Rollout = said.Rollout,
        Service = said.Service,
        Environment = said.Environment,
        Kind = said.Kind,
        State = said.State,
        Time = said.Time.ToUniversalTime(),
        Duration = said.Duration,
        Message = said.Message.Storable(),
    };

    public static Release ToRelease(this ReleaseRow row) => new()
    {
        Id = row.Id,
        Service = row.Service,
        Environment = row.Environment,
        Number = row.Number,
        Artifact = row.Artifact,
        ArtifactBytes = row.ArtifactBytes,
        Source = row.Source,
        Vcs = VcsOf(row.Vcs),
        Unit = UnitOf(row.Unit),
        Approval = row.Approval is { } rule ? JsonSerializer.Deserialize(rule, WireJson.Default.ApprovalRule) : null,
        CreatedAt = row.CreatedAt,
        CreatedBy = row.CreatedBy,
    };

    public static ReleaseRow ToRow(this Release release, Guid rollout) => new()
    {
        Id = release.Id,
        Service = release.Service,
        Environment = release.Environment,
        Number = release.Number,
        Artifact = release.Artifact,
        ArtifactBytes = release.ArtifactBytes,
        Source = release.Source,
        Vcs = JsonOf(release.Vcs),
        Unit = JsonSerializer.Serialize(release.Unit, UnitJson.Default.Unit),
        Approval = release.Approval is { } rule ? JsonSerializer.Serialize(rule, WireJson.Default.ApprovalRule) : null,
        CreatedAt = release.CreatedAt.ToUniversalTime(),
        CreatedBy = release.CreatedBy,
        Rollout = rollout,
    };

    public static Approval ToApproval(this ApprovalRow row) => new(row.Rollout, row.Key, row.Signature, row.At);

    public static ReleaseView ToView(this ReleaseRow row, string? current) => new()
    {
        Id = row.Id,
        Service = row.Service,
        Environment = row.Environment,
        Number = row.Number,
        Artifact = row.Artifact,
        ArtifactBytes = row.ArtifactBytes,
        Source = row.Source,
        Vcs = VcsOf(row.Vcs),
        CreatedAt = row.CreatedAt,
        CreatedBy = row.CreatedBy,
        Current = row.Id == current,
    };
}
