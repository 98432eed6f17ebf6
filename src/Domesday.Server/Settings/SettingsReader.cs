using System.Text.Json;
using Domesday.Http.Parameters;

namespace Domesday.Server.Settings;

/// <summary>Gathers settings: command line before environment before file before default. Every fault is told at once.</summary>
internal sealed class SettingsReader
{
    private readonly Dictionary<Setting, string> _texts = [];
    private readonly List<string> _faults = [];

    /// <summary>What was given, by setting.</summary>
    public IReadOnlyDictionary<Setting, string> Texts => _texts;

    /// <summary>A sentence for each fault; empty when all is well.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <param name="arguments"><c>--name value</c> and <c>--name=value</c>.</param>
    /// <param name="environment">All variables of the process.</param>
    public static SettingsReader Read(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var reader = new SettingsReader();
        reader.ReadArguments(arguments);
        reader.ReadEnvironment(environment);
        if (reader._texts.TryGetValue(SettingCatalog.Config, out var file)) reader.ReadFile(file);
        reader.CheckTogether();
        return reader;
    }

    private void ReadArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split('=', 2);
            if (!parts[0].StartsWith("--", StringComparison.Ordinal))
            {
                _faults.Add($"'{arguments[i]}' is not an option: options are --name value.");
            }
            else if (SettingCatalog.All.FirstOrDefault(setting => setting.Option == parts[0]) is not { } setting)
            {
                _faults.Add($"There is no option {parts[0]}; the nearest is {NearestName.Nearest(parts[0], SettingCatalog.All.Select(known => known.Option))}.");
                if (parts.Length == 1 && i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)) i++;
            }
            else if (parts.Length == 1 && i + 1 == arguments.Count)
            {
                _faults.Add($"{parts[0]} has no value: {parts[0]} {setting.Form}.");
            }
            else
            {
                if (_texts.ContainsKey(setting)) _faults.Add($"{parts[0]} is said twice.");
                Take(setting, parts[0], parts.Length == 2 ? parts[1] : arguments[++i]);
            }
        }
    }

    private void ReadEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, text) in environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Setting.Prefix, StringComparison.Ordinal) || name.StartsWith(SettingCatalog.TestPrefix, StringComparison.Ordinal) || SettingCatalog.OfOthers.Contains(name)) continue;
            // Compose files and unit files pass on variables that nobody set as empty ones.
            if (SettingCatalog.All.FirstOrDefault(setting => setting.Name == name) is { } setting)
            {
                if (text.Length > 0) Take(setting, name, text);
            }
            else
            {
                _faults.Add($"There is no setting {name}; the nearest is {NearestName.Nearest(name, SettingCatalog.All.Select(known => known.Name))}.");
            }
        }
    }

    private void ReadFile(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var json = JsonDocument.Parse(stream, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object) _faults.Add($"The file {file} must hold one JSON object.");
            else foreach (var member in json.RootElement.EnumerateObject()) TakeMember(file, member);
        }
        catch (JsonException exception)
        {
            _faults.Add($"The file {file} is not JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _faults.Add($"The file {file} cannot be read: {exception.Message}");
        }
    }

    private void TakeMember(string file, JsonProperty member)
    {
        var known = SettingCatalog.All.Where(setting => setting != SettingCatalog.Config).ToList();
        if (known.Find(setting => setting.Member == member.Name) is not { } setting)
        {
            _faults.Add($"{file}: there is no setting {member.Name}; the nearest is {NearestName.Nearest(member.Name, known.Select(candidate => candidate.Member))}.");
            return;
        }
        if (member.Value.ValueKind is JsonValueKind.String) Take(setting, $"{file}: {member.Name}", member.Value.GetString()!);
        else if (member.Value.ValueKind is JsonValueKind.Number) Take(setting, $"{file}: {member.Name}", member.Value.GetRawText());
        else _faults.Add($"{file}: {member.Name} must be text or a number.");
    }

    /// <summary>Keeps the value unless a source that goes before has one; a fault counts either way.</summary>
    private void Take(Setting setting, string saidAs, string text)
    {
        if (setting.FaultOf(text) is { } fault) _faults.Add($"{saidAs} {fault}.");
        else _texts.TryAdd(setting, text);
    }

    private void CheckTogether()
    {
        var (cert, key) = (_texts.ContainsKey(SettingCatalog.TlsCert), _texts.ContainsKey(SettingCatalog.TlsKey));
        if (cert != key) _faults.Add($"{SettingCatalog.TlsCert.Name} and {SettingCatalog.TlsKey.Name} need each other.");
        if (!cert && _texts.TryGetValue(SettingCatalog.Urls, out var urls) && urls.Contains("https:", StringComparison.OrdinalIgnoreCase))
            _faults.Add($"{SettingCatalog.Urls.Name} has an https address: set {SettingCatalog.TlsCert.Name} and {SettingCatalog.TlsKey.Name}.");
        if (!cert && _texts.ContainsKey(SettingCatalog.SyslogTls)) _faults.Add($"{SettingCatalog.SyslogTls.Name} needs {SettingCatalog.TlsCert.Name} and {SettingCatalog.TlsKey.Name}.");
        if (_texts.ContainsKey(SettingCatalog.SyslogClientCa) && !_texts.ContainsKey(SettingCatalog.SyslogTls)) _faults.Add($"{SettingCatalog.SyslogClientCa.Name} is for {SettingCatalog.SyslogTls.Name}.");
        if ((_texts.GetValueOrDefault(SettingCatalog.Store) == SettingCatalog.PostgresStore) != _texts.ContainsKey(SettingCatalog.Postgres))
            _faults.Add($"{SettingCatalog.Postgres.Name} and {SettingCatalog.Store.Name}={SettingCatalog.PostgresStore} need each other.");
        if (_texts.ContainsKey(SettingCatalog.PostgresRead) && !_texts.ContainsKey(SettingCatalog.Postgres)) _faults.Add($"{SettingCatalog.PostgresRead.Name} needs {SettingCatalog.Postgres.Name}.");
        if (_texts.ContainsKey(SettingCatalog.KeystoneUrl) != _texts.ContainsKey(SettingCatalog.KeystoneTenant))
            _faults.Add($"{SettingCatalog.KeystoneUrl.Name} and {SettingCatalog.KeystoneTenant.Name} need each other.");
        if (Number(SettingCatalog.EventBytesMax) > Number(SettingCatalog.BatchBytesMax))
            _faults.Add($"{SettingCatalog.EventBytesMax.Name} is larger than {SettingCatalog.BatchBytesMax.Name}: no request could carry such an event.");
    }

    private int Number(Setting<int> setting) => setting.Parse(_texts.GetValueOrDefault(setting) ?? setting.DefaultText!);
}
