using System.Globalization;
using System.Text;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.Mail;

/// <summary>Writes a mail, ASCII with CR LF at the end of each line, whatever stands in it.</summary>
/// <remarks>Source: RFC 5322 (headers), RFC 2045 to 2047 (MIME), RFC 3834 (Auto-Submitted).</remarks>
internal static class MailText
{
    private const int Base64LineChars = 76;

    /// <summary>UTF-8 of one encoded word: it has 75 characters at most.</summary>
    private const int WordBytesMax = 42;

    private const string Boundary = "=_domesday_0_";

    /// <param name="id">Left of the at sign in the Message-ID.</param>
    /// <param name="file">Null: no attachment.</param>
    public static string Of(MailOptions options, string id, DateTimeOffset date, string subject, string body, SinkFile? file = null)
    {
        var mail = new StringBuilder();
        mail.Append("From: ").Append(options.From.Address).Append("\r\n");
        mail.Append("To: ").AppendJoin(", ", options.To.Select(address => address.Address)).Append("\r\n");
        mail.Append("Subject: ").Append(Header(subject)).Append("\r\n");
        mail.Append(CultureInfo.InvariantCulture, $"Date: {date.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n");
        mail.Append(CultureInfo.InvariantCulture, $"Message-ID: <{id}@domesday>\r\n");
        mail.Append("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
        if (file is null)
        {
            Part(mail, "text/plain", null, Encoding.UTF8.GetBytes(body));
            return mail.ToString();
        }
        mail.Append($"Content-Type: multipart/mixed; boundary=\"{Boundary}\"\r\n\r\n--{Boundary}\r\n");
        Part(mail, "text/plain", null, Encoding.UTF8.GetBytes(body));
        mail.Append($"--{Boundary}\r\n");
        Part(mail, file.MediaType, file.Name, file.Content.Span);
        mail.Append($"--{Boundary}--\r\n");
        return mail.ToString();
    }

    private static void Part(StringBuilder mail, string mediaType, string? fileName, ReadOnlySpan<byte> content)
    {
        mail.Append($"Content-Type: {mediaType}; charset=utf-8\r\n");
        if (fileName is not null) mail.Append($"Content-Disposition: attachment; filename=\"{fileName}\"\r\n");
        mail.Append("Content-Transfer-Encoding: base64\r\n\r\n");
        var text = Convert.ToBase64String(content);
        for (var at = 0; at < text.Length; at += Base64LineChars) mail.Append(text.AsSpan(at, Math.Min(Base64LineChars, text.Length - at))).Append("\r\n");
    }

    /// <summary>One line: what is not printable ASCII goes into encoded words, so that no event can add a header.</summary>
    private static string Header(string text)
    {
        if (text.All(letter => letter is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal)) return text;
        var words = new List<string>();
        var bytes = new List<byte>();
        Span<byte> unit = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = (Rune.IsControl(rune) ? new Rune(' ') : rune).EncodeToUtf8(unit);
            if (bytes.Count + length > WordBytesMax) words.Add(Word(bytes));
            bytes.AddRange(unit[..length]);
        }
        if (bytes.Count > 0) words.Add(Word(bytes));
        return string.Join("\r\n ", words);
    }

    private static string Word(List<byte> bytes)
    {
        var word = $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
        bytes.Clear();
        return word;
    }
}
