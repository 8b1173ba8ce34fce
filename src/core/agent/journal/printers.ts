import type { Database } from '../../store/sqlite/open-database.ts'
import type { KnownPrinter, PrinterSnapshot } from '../known-printer.ts'

/** The printers that the agent watches, in the order in which it came to know them. */
export function preparePrinters(db: Database) {
  const write = db.prepare(
    'INSERT INTO printers (id, printer) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET printer = excluded.printer',
  )
  // one that was forgotten while it was read has no place for it any more
  const writeSnapshot = db.prepare(
    `INSERT INTO snapshots (printer, snapshot) SELECT number, ? FROM printers WHERE id = ?
     ON CONFLICT (printer) DO UPDATE SET snapshot = excluded.snapshot`,
  )
  const forget = db.prepare('DELETE FROM printers WHERE id = ?')
  const list = db.prepare<[], { printer: string; snapshot: string | null }>(
    `SELECT printers.printer, snapshot FROM printers LEFT JOIN snapshots ON snapshots.printer = number ORDER BY number`,
  )
  return {
    write: (printer: KnownPrinter) => void write.run(printer.id, JSON.stringify(printer)),
    writeSnapshot: (snapshot: PrinterSnapshot) => void writeSnapshot.run(JSON.stringify(snapshot), snapshot.id),
    forget: (id: string) => void forget.run(id),
    list: () =>
      list.all().map(({ printer, snapshot }) => ({
        printer: JSON.parse(printer) as KnownPrinter,
        snapshot: snapshot === null ? null : (JSON.parse(snapshot) as PrinterSnapshot),
      })),
  }
}
