using System.Buffers;
using System.Text.Json;
using Domesday.Events;

namespace Domesday.Benchmarks.Workload;

/// <summary>Writes workload events as the native API takes them.</summary>
public static class WorkloadJson
{
    public static void Write(Utf8JsonWriter writer, in WorkloadEvent item)
    {
        writer.WriteStartObject();
        writer.WriteString("time"u8, new Timestamp(item.TimeMicroseconds).ToString());
        writer.WriteString("service"u8, item.Service);
        writer.WriteString("action"u8, item.Action);
        writer.WriteStartObject("actor"u8);
        writer.WriteString("type"u8, item.ActorType);
        writer.WriteString("id"u8, item.ActorId);
        writer.WriteString("name"u8, item.ActorName);
        writer.WriteEndObject();
        writer.WriteStartObject("resource"u8);
        writer.WriteString("type"u8, item.ResourceType);
        writer.WriteString("id"u8, item.ResourceId);
        writer.WriteString("name"u8, item.ResourceName);
        writer.WriteEndObject();
        writer.WriteStartObject("outcome"u8);
        writer.WriteString("result"u8, item.Result);
        writer.WriteNumber("status"u8, item.Status);
        writer.WriteEndObject();
        writer.WriteStartObject("scope"u8);
        writer.WriteString("region"u8, item.Region);
        writer.WriteString("domain"u8, item.Domain);
        writer.WriteStartObject("project"u8);
        writer.WriteString("id"u8, item.Project);
        writer.WriteEndObject();
        writer.WriteStartObject("cluster"u8);
        writer.WriteString("name"u8, item.Cluster);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("source"u8);
        writer.WriteString("ip"u8, item.SourceIp);
        writer.WriteString("user_agent"u8, item.UserAgent);
        writer.WriteEndObject();
        writer.WriteStartObject("request"u8);
        writer.WriteString("id"u8, item.RequestId);
        writer.WriteString("method"u8, item.Method);
        writer.WriteString("uri"u8, item.Path);
        if (item.Body is not null)
        {
            writer.WritePropertyName("body"u8);
            writer.WriteRawValue(item.Body);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Events as NDJSON, one line each.</summary>
    public static byte[] Lines(WorkloadGenerator generator, long first, int count)
    {
        var output = new ArrayBufferWriter<byte>(count * 800);
        using var writer = new Utf8JsonWriter(output);
        for (var i = 0; i < count; i++)
        {
            Write(writer, generator.At(first + i));
            writer.Flush();
            writer.Reset();
            output.Write("\n"u8);
        }
        return output.WrittenSpan.ToArray();
    }
}
