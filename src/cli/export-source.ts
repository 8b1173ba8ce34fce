import type { Resolution } from '../core/protocol/metrics.ts'
import type { Page, PageRequest } from '../core/store/store.ts'
import type { ExportKind } from './export-flags.ts'

export type ExportRow = Readonly<Record<string, unknown>>

/** What is wanted of a list. Times are milliseconds; `from` is in, `to` is out. */
export interface ExportFilter {
  readonly from?: number
  readonly to?: number
  readonly site_id?: string
  readonly agent_id?: string
  /** As they are called now, and as they were before they were merged. */
  readonly device_ids?: readonly string[]
  readonly resolution: Resolution
}

/**
 * Where rows come from: the database of this machine, or a server elsewhere. Both give the same rows in the same order,
 * page by page. A source narrows a list where it can; `acceptRow` decides.
 */
export interface ExportSource {
  /** @throws PrintMasterError, StoreError */
  list(kind: ExportKind, filter: ExportFilter, page: PageRequest): Promise<Page<ExportRow>>
  /** The surviving device and the ids that were merged into it; null when there is none. */
  findDevice(device_id: string): Promise<{ readonly device_id: string; readonly merged: readonly string[] } | null>
  hasAgent(agent_id: string): Promise<boolean>
  close(): Promise<void>
}
