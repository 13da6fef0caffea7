using Microsoft.EntityFrameworkCore;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;

namespace MyApp.Api.Persistence;

/// <summary>The record of the control plane. Migrations are in Migrations/; MyApp.Api.csproj says how to add one.</summary>
internal sealed class ControlPlaneContext(DbContextOptions<ControlPlaneContext> options) : DbContext(options)
{
    public DbSet<ServiceRow> Services => Set<ServiceRow>();

    public DbSet<SourceRow> Sources => Set<SourceRow>();

    public DbSet<ReleaseRow> Releases => Set<ReleaseRow>();

    public DbSet<RolloutRow> Rollouts => Set<RolloutRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<ApprovalRow> Approvals => Set<ApprovalRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<IdempotencyRow> IdempotencyKeys => Set<IdempotencyRow>();

    public DbSet<BuildRow> Builds => Set<BuildRow>();

    public DbSet<BuildLineRow> BuildLines => Set<BuildLineRow>();

    public DbSet<ConfigChangeRow> ConfigChanges => Set<ConfigChangeRow>();

    public DbSet<ConfigValueRow> ConfigValues => Set<ConfigValueRow>();

    public DbSet<ConfigReactionRow> ConfigReactions => Set<ConfigReactionRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<SecretEventRow> SecretEvents => Set<SecretEventRow>();

    /// <summary>The release that has a service's traffic; none: nothing of it has.</summary>
    public IQueryable<ReleaseRow> CurrentRelease(string service, string environment) => Services.Where(s => s.Service == service && s.Environment == environment)
        .Join(Releases, s => s.CurrentRelease, r => r.Id, (_, r) => r).AsNoTracking();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<RolloutState>().HaveConversion<string>();
        configurationBuilder.Properties<RolloutKind>().HaveConversion<string>();
        configurationBuilder.Properties<RolloutEventKind>().HaveConversion<string>();
        configurationBuilder.Properties<BuildState>().HaveConversion<string>();
        configurationBuilder.Properties<SecretAction>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ServiceRow>().ToTable("services").HasKey(s => new { s.Service, s.Environment });
        modelBuilder.Entity<SourceRow>().ToTable("sources").HasKey(s => s.Digest);
        modelBuilder.Entity<IdempotencyRow>().ToTable("idempotency_keys").HasKey(k => k.Key);
        AddReleases(modelBuilder);
        AddRollouts(modelBuilder);
        AddLeases(modelBuilder);
        AddBuilds(modelBuilder);
        AddConfigs(modelBuilder);
        AddSecrets(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static void AddReleases(ModelBuilder model)
    {
        var releases = model.Entity<ReleaseRow>().ToTable("releases");
        releases.HasKey(r => r.Id);
        releases.Property(r => r.Unit).HasColumnType("jsonb");
        releases.Property(r => r.Approval).HasColumnType("jsonb");
        releases.Property(r => r.Vcs).HasColumnType("jsonb");
        releases.HasIndex(r => new { r.Service, r.Environment, r.Number }).IsUnique();
        releases.HasIndex(r => r.Rollout).IsUnique();
    }

    private static void AddRollouts(ModelBuilder model)
    {
        var rollouts = model.Entity<RolloutRow>().ToTable("rollouts");
        rollouts.HasKey(r => r.Id);
        rollouts.Property(r => r.Version).IsConcurrencyToken();
        rollouts.Property(r => r.Set).HasColumnType("jsonb");
        rollouts.Property(r => r.Vcs).HasColumnType("jsonb");
        rollouts.HasIndex(r => new { r.Service, r.Environment, r.CreatedAt });
        var events = model.Entity<EventRow>().ToTable("events");
        events.HasKey(e => e.Sequence);
        events.Property(e => e.Sequence).UseIdentityByDefaultColumn();
        events.HasIndex(e => new { e.Rollout, e.Sequence });
        events.HasIndex(e => new { e.Service, e.Environment, e.Sequence });
        events.HasOne<RolloutRow>().WithMany().HasForeignKey(e => e.Rollout);
        var approvals = model.Entity<ApprovalRow>().ToTable("approvals");
        approvals.HasKey(a => new { a.Rollout, a.Key });
        approvals.HasOne<RolloutRow>().WithMany().HasForeignKey(a => a.Rollout);
    }

    private static void AddLeases(ModelBuilder model)
    {
        var leases = model.Entity<LeaseRow>().ToTable("leases");
        leases.HasKey(l => new { l.Service, l.Environment });
        leases.HasIndex(l => l.Rollout).IsUnique();
        leases.HasOne<RolloutRow>().WithMany().HasForeignKey(l => l.Rollout);
    }

    private static void AddBuilds(ModelBuilder model)
    {
        var builds = model.Entity<BuildRow>().ToTable("builds");
        builds.HasKey(b => b.Id);
        builds.Property(b => b.Platforms).HasColumnType("jsonb");
        builds.Property(b => b.Set).HasColumnType("jsonb");
        builds.Property(b => b.Vcs).HasColumnType("jsonb");
        builds.HasIndex(b => new { b.State, b.CreatedAt });
        builds.HasIndex(b => b.Rollout).IsUnique();
        builds.HasOne<RolloutRow>().WithMany().HasForeignKey(b => b.Rollout);
        var lines = model.Entity<BuildLineRow>().ToTable("build_lines");
        lines.HasKey(l => l.Sequence);
        lines.Property(l => l.Sequence).UseIdentityByDefaultColumn();
        lines.HasIndex(l => new { l.Build, l.Sequence });
        lines.HasOne<BuildRow>().WithMany().HasForeignKey(l => l.Build);
    }

    private static void AddConfigs(ModelBuilder model)
    {
        var changes = model.Entity<ConfigChangeRow>().ToTable("config_changes");
        changes.HasKey(c => new { c.Service, c.Environment, c.Version });
        var values = model.Entity<ConfigValueRow>().ToTable("config_values");
        values.HasKey(v => new { v.Service, v.Environment, v.Key, v.Version });
        model.Entity<ConfigReactionRow>().ToTable("config_reactions").HasKey(r => new { r.Service, r.Environment });
        values.HasOne<ConfigChangeRow>().WithMany().HasForeignKey(v => new { v.Service, v.Environment, v.Version });
    }

    private static void AddSecrets(ModelBuilder model)
    {
        model.Entity<SecretRow>().ToTable("secrets").HasKey(s => new { s.Environment, s.Service, s.Name, s.Version });
        var events = model.Entity<SecretEventRow>().ToTable("secret_events");
        events.HasKey(e => e.Id);
        events.Property(e => e.Id).UseIdentityByDefaultColumn();
        events.HasIndex(e => new { e.Environment, e.Id });
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
