using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MyApp.Api.Persistence;

/// <summary>For <c>dotnet ef</c> alone: the model without a host and without a database to connect to.</summary>
internal sealed class ControlPlaneContextFactory : IDesignTimeDbContextFactory<ControlPlaneContext>
{
    public ControlPlaneContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ControlPlaneContext>().UseNpgsql("Host=127.0.0.1").Options);
}
