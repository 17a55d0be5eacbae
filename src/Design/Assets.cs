using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting;

namespace VictimSupport.Design;

/// <summary>Addresses of the kit's files, with a mark of their content, so that a browser may keep them for ever.</summary>
public sealed class Assets(IWebHostEnvironment host)
{
    readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);

    /// <summary>portal.css becomes /assets/portal.css?v=…: never under a zone's code.</summary>
    public string Of(string file) => _addresses.GetOrAdd(file, Mark);

    string Mark(string file)
    {
        var found = host.WebRootFileProvider.GetFileInfo($"assets/{file}");
        if (!found.Exists) throw new FileNotFoundException("The design kit's files are not served; in development the host needs UseStaticWebAssets().", file);
        using var content = found.CreateReadStream();
        return $"/assets/{file}?v={Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6))}";
    }
}
