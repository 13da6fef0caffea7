namespace MyApp.Api.Builds;

/// <summary>A build that this replica has taken, and the fence its writes are made under.</summary>
internal sealed record BuildClaim(Guid Build, string Owner, long Fence);
