using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyApp.Api.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class SourceStates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "vcs",
                table: "rollouts",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "vcs",
                table: "releases",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "set",
                table: "builds",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "vcs",
                table: "builds",
                type: "jsonb",
                nullable: true);

            // A rollout's build that waits, or is begun anew, is made with the values of its rollout.
            migrationBuilder.Sql("update builds set set = rollouts.set from rollouts where rollouts.id = builds.rollout and builds.state in ('Queued', 'Running')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "vcs",
                table: "rollouts");

            migrationBuilder.DropColumn(
                name: "vcs",
                table: "releases");

            migrationBuilder.DropColumn(
                name: "set",
                table: "builds");

            migrationBuilder.DropColumn(
                name: "vcs",
                table: "builds");
        }
    }
}
