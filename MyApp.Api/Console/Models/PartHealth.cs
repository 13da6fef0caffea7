namespace MyApp.Api.Console.Models;

public enum PartState { Ok, Degraded, Away }

/// <summary>A part of the control plane itself: PostgreSQL, Redis or the guard.</summary>
/// <param name="Detail">For a person; null where there is nothing to say.</param>
public sealed record PartHealth(string Name, PartState State, string? Detail = null);
