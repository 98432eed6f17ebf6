namespace Domesday.Server.Move;

/// <summary>From which store to which.</summary>
/// <param name="Data">The data folder: the embedded store, the keys, the record of checkpoints.</param>
/// <param name="Postgres">Connection string.</param>
/// <param name="ToPostgres">False: from PostgreSQL into the data folder.</param>
public sealed record MoveOrder(string Data, string Postgres, bool ToPostgres);

/// <summary>How far a move is.</summary>
/// <param name="Moved">Events of this ledger that are in the new store.</param>
public sealed record MoveProgress(string Ledger, long Moved, long Size);
