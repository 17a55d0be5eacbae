using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using VictimSupport.Foundation.Modules;
using VictimSupport.Foundation.Persistence.Engines;
using VictimSupport.Tests.Kit;

namespace VictimSupport.Tests.House;

/// <summary>SQL Server is not on this machine: what is sent to it is parsed here, which proves syntax only, and runs in the pipeline.</summary>
public sealed class SqlServerTests(Platforms platforms)
{
    [Fact]
    public async Task The_migration_scripts_parse()
    {
        var modules = (await platforms.On("sqlite")).Services.GetRequiredService<HouseModules>().Assemblies.ToArray();
        foreach (var context in new DbContext[] { DesignTime.Catalog(DesignTimeEngine.SqlServer, modules), DesignTime.Zone(DesignTimeEngine.SqlServer, modules), DesignTime.Figures(DesignTimeEngine.SqlServer, modules) })
        {
            await using (context)
            {
                var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
                Assert.Contains("__EFMigrationsHistory", script, StringComparison.Ordinal);
                Assert.Empty(Faults(script));
            }
        }
    }

    [Theory]
    [InlineData(SqlServerDialect.Move), InlineData(SqlServerDialect.Read), InlineData(SqlServerDialect.ReadAndHold)]
    public void The_statements_of_the_audit_chain_parse(string sql) => Assert.Empty(Faults(sql));

    [Fact]
    public void The_statements_written_by_hand_parse()
    {
        Assert.Empty(Faults(SqlServerDialect.Insert(1)));
        Assert.Empty(Faults(SqlServerDialect.Insert(200)));
        Assert.Empty(Faults(SqlServerEngine.CreateDatabase("victimsupport_9901")));
        Assert.Empty(Faults(SqlServerEngine.CreateLogin("victimsupport_9901", "AB12aA1!")));
        Assert.Empty(Faults(SqlServerEngine.GrantTo("victimsupport_9901", audited: true)));
        Assert.Empty(Faults(SqlServerEngine.GrantTo("victimsupport_9901", audited: false)));
    }

    [Fact]
    public void A_statement_that_is_wrong_does_not_parse() => Assert.NotEmpty(Faults("SELECT seq FROM audit LIMIT 1"));

    private static IList<ParseError> Faults(string sql)
    {
        using var reader = new StringReader(sql);
        new TSql170Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return errors;
    }
}
