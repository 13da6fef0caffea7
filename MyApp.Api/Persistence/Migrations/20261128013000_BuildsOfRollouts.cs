using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyApp.Api.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class BuildsOfRollouts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "rollout",
                table: "builds",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_builds_rollout",
                table: "builds",
                column: "rollout",
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "FK_builds_rollouts_rollout",
                table: "builds",
                column: "rollout",
                principalTable: "rollouts",
                principalColumn: "id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_builds_rollouts_rollout",
                table: "builds");

            migrationBuilder.DropIndex(
                name: "IX_builds_rollout",
                table: "builds");

            migrationBuilder.DropColumn(
                name: "rollout",
                table: "builds");
        }
    }
}
