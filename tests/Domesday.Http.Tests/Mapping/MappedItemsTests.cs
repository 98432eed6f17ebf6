using System.Text;
using Domesday.Http.Mapping;

namespace Domesday.Http.Tests.Mapping;

/// <summary>A mistake in the mapping of a source costs no event.</summary>
public sealed class MappedItemsTests
{
    [Fact]
    public void An_item_that_the_mapping_fails_over_is_kept_as_it_came_and_its_neighbours_are_events()
    {
        var mapped = MappedItems.Of([Bytes("one"), Bytes("broken"), Bytes("three")], "here", (item, json) =>
        {
            json.WriteStartObject();
            json.WriteString("id", item.Span);
            if (item.Length == 6) throw new InvalidCastException("s3cret");
            json.WriteEndObject();
            return null;
        });
        Assert.Equal(["""{"id":"one"}""", """{"id":"three"}"""], mapped.Events.Select(Text));
        Assert.Equal(["one", "three"], mapped.Origins.Select(Text));
        var refused = Assert.Single(mapped.Refused);
        Assert.Equal(("broken", "here"), (Text(refused.Bytes), refused.Context));
        var fault = Assert.Single(refused.Faults);
        Assert.Contains("a mistake of this version", fault.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.Reason, StringComparison.Ordinal);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
