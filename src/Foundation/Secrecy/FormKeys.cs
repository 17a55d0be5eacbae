using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using VictimSupport.Foundation.Persistence;

namespace VictimSupport.Foundation.Secrecy;

/// <summary>Keys of cookies and forms, shared by all web processes: in the catalogue, sealed under the master key.</summary>
internal sealed class FormKeys(CatalogDatabase catalog, IHoldTheMasterKey master) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var house = catalog.Lease();
        return [.. house.Set<Row>().AsNoTracking().AsEnumerable().Select(r => XElement.Parse(Encoding.UTF8.GetString(Box.Open(r.Sealed, master.Key, Place(r.Id)))))];
    }

    // The framework asks synchronously, some four times a year.
    public void StoreElement(XElement element, string friendlyName) => catalog.WriteAsPlatform("Foundation.StoreFormKey", null, house =>
    {
        var id = Guid.NewGuid();
        house.Add(new Row { Id = id, Sealed = Box.Seal(Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), master.Key, Guid.Empty, Place(id)) });
        return Task.FromResult(true);
    }, CancellationToken.None).GetAwaiter().GetResult();

    private static byte[] Place(Guid row) => [.. "form key"u8, .. row.ToByteArray()];

    internal sealed class Row
    {
        public Guid Id { get; init; }
        public byte[] Sealed { get; init; } = [];

        internal sealed class Mapping : ICatalogMapping<Row>
        {
            public void Configure(EntityTypeBuilder<Row> b)
            {
                b.ToTable("form_key");
                b.Property(r => r.Id).ValueGeneratedNever();
                b.Property(r => r.Sealed).HasMaxLength(8000);
            }
        }
    }
}
