import { cleanText } from '../core/output/clean-text.ts'
import { escapeUnseen } from '../core/output/json.ts'
import { AgentSchema } from '../core/protocol/agents.ts'
import { AlertSchema } from '../core/protocol/alerts.ts'
import { AuditEntrySchema } from '../core/protocol/audit.ts'
import { DeviceSchema } from '../core/protocol/devices.ts'
import { FleetPeriodSchema, MetricItemSchema, MetricSchema, type Resolution } from '../core/protocol/metrics.ts'
import type { ExportKind } from './export-flags.ts'
import type { ExportRow } from './export-source.ts'

const keysOf = (schema: { readonly properties: object }): readonly string[] => Object.keys(schema.properties)

/**
 * The columns of CSV, and the order of keys in JSON: those of the schemas, whatever the rows have. JSON has other keys
 * behind them, CSV has not.
 */
export function listExportColumns(kind: ExportKind, resolution: Resolution): ReadonlySet<string> {
  return new Set(listKeys(kind, resolution))
}

function listKeys(kind: ExportKind, resolution: Resolution): readonly string[] {
  switch (kind) {
    case 'devices':
      return keysOf(DeviceSchema)
    case 'metrics':
      return resolution === 'raw' ? [...keysOf(MetricSchema), ...keysOf(MetricItemSchema)] : keysOf(FleetPeriodSchema)
    case 'agents':
      return keysOf(AgentSchema)
    case 'alerts':
      return keysOf(AlertSchema)
    case 'audit':
      return keysOf(AuditEntrySchema)
  }
}

/** A row as one line of JSON without its line break, the same whoever put its keys in which order. */
export function renderJsonRow(row: ExportRow, columns: ReadonlySet<string>): string {
  const ordered: [string, unknown][] = []
  for (const key of columns) if (Object.hasOwn(row, key)) ordered.push([key, row[key]])
  for (const key of Object.keys(row)) if (!columns.has(key)) ordered.push([key, row[key]])
  return escapeUnseen(JSON.stringify(Object.fromEntries(ordered)))
}

/** A row as cells: text without what a terminal acts on, lists and objects as JSON. */
export function renderCells(row: ExportRow, columns: ReadonlySet<string>): (string | number | null)[] {
  return Array.from(columns, (key) => {
    const value = Object.hasOwn(row, key) ? row[key] : null
    if (value === null || value === undefined || typeof value === 'number') return value ?? null
    return typeof value === 'object' ? escapeUnseen(JSON.stringify(value)) : cleanText(String(value))
  })
}
