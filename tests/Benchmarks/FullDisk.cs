using System.Collections.Concurrent;
using System.Globalization;

namespace VictimSupport.Benchmarks;

/// <summary>R3: the disk under the data is full. Nothing is acknowledged or shown that was not written; when there is room again, everything works by itself.</summary>
internal sealed class FullDisk(string program, string folder, string engine)
{
    private const int Clients = 12, Left = 3;

    public async Task<IReadOnlyList<string>> Run()
    {
        var disk = Directory.CreateDirectory(Path.Combine(folder, engine)).FullName;
        var size = engine == "postgresql" ? 600 : 64;
        Console.WriteLine($"a full disk, {engine}, tmpfs of {size} MB, {Clients} clients. {Machine.Describe()}");
        await Child.Run("mount", ["-t", "tmpfs", "-o", $"size={size}m,mode=755", "none", disk]);
        try
        {
            return await OnDisk(disk);
        }
        finally
        {
            await Child.Run("umount", [disk]);
        }
    }

    private async Task<List<string>> OnDisk(string disk)
    {
        // The server's data lie on the small disk; the folder of the application (its key, its mail) does not.
        await using var cluster = engine == "postgresql" ? await Cluster.Start(disk) : null;
        var product = await Product.Prepare(program, Path.Combine(cluster is null ? disk : folder, "product"), "full", cluster, 100);
        var (port, balloon, broken) = (Machine.FreePort(), Path.Combine(disk, "balloon"), new List<string>());
        using var client = new Client(port, product.Pass);
        var (work, proof) = (new Workload(product, client), new Proof(product));
        var revived = false;
        await using (var child = await product.Start(port))
        {
            await work.Token();
            var storm = new Storm(product, client, work);
            await proof.Begin();
            using var over = new CancellationTokenSource();
            var health = new ConcurrentQueue<(double At, double Took, int Status, string Said)>();
            var raging = storm.Run(Clients, over.Token);
            var asking = Outage.Ask(storm, client, health, over.Token);
            await Task.Delay(3000);
            Blow(disk, balloon);
            var blown = storm.Now;
            while (storm.All.All(s => s.Good) && storm.Now - blown < 120) await Task.Delay(100);
            var full = storm.All.Where(s => !s.Good).Select(s => s.Ended).DefaultIfEmpty(-1).Min();
            if (full < 0) broken.Add("the disk never became full");
            await Task.Delay(15_000);
            var shown = storm.All.Count(s => s is { Post: false, Status: 200 } && s.Begun > full + 1);
            File.Delete(balloon);
            var freed = storm.Now;
            if (cluster is not null && !cluster.IsUp)
            {
                // It gave itself up for want of room for its log; whoever looks after it starts it again.
                revived = true;
                await cluster.Up();
                freed = storm.Now;
            }
            await Task.Delay(15_000);
            await over.CancelAsync();
            await raging;
            await asking;
            broken.AddRange(Judge([.. storm.All], full, freed));
            if (health.Any(h => h.At > freed + 10 && h.Status != 200)) broken.Add("/health is not UP 10 s after there was room");
            if (child.HasEnded) broken.Add("the application ended: " + child.Errors);
            broken.AddRange(await proof.Whole(storm));
            Console.WriteLine($"  {shown} pages were shown while it was full{(revived ? "; the server gave itself up and was started again" : "")}; {storm.Figures}");
            if (broken.Count > 0) Console.WriteLine(child.Errors[..Math.Min(3000, child.Errors.Length)]);
        }
        broken.AddRange(await proof.Commands());
        return broken;
    }

    private static List<string> Judge(List<Seen> all, double full, double freed)
    {
        var broken = new List<string>();
        var during = all.Where(s => s.Ended >= full && s.Begun < freed).ToList();
        if (during.Count(s => s.Status is not (200 or 302 or 503)) is > 0 and var odd) broken.Add($"{odd} answers were neither 200, 302 nor 503: {string.Join(", ", during.Where(s => s.Status is not (200 or 302 or 503)).Select(s => s.Status).Distinct())}");
        if (during.Count(s => s is { Post: true, Status: 503, Kept: false }) is > 0 and var lost) broken.Add($"{lost} answers 503 without what was typed");
        if (during.Count(s => s.Took > 5) is > 0 and var slow) broken.Add($"{slow} answers took longer than 5 s");
        if (all.Count(s => s.Begun > freed + 10 && !s.Good) is > 0 and var late) broken.Add($"{late} requests failed more than 10 s after there was room");
        var bad = all.Where(s => !s.Good && s.Ended > freed).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  full for {freed - full:0.0} s: {during.Count(s => s.Status == 503)} × 503, {during.Count(s => s.Good)} × 200/302; last failure {(bad.Count == 0 ? 0 : bad.Max(s => s.Ended) - freed):0.0} s after there was room; afterwards {all.Count(s => s.Good && s.Begun > freed)} good"));
        return broken;
    }

    // All but a few megabytes: the load itself fills those.
    private static void Blow(string disk, string balloon)
    {
        var room = new DriveInfo(disk).AvailableFreeSpace - Left * 1024 * 1024;
        using var file = File.Create(balloon);
        var block = new byte[64 * 1024];
        for (var written = 0L; written < room; written += block.Length) file.Write(block);
    }
}
