import { Flags } from '@oclif/core'
import { RESOLUTIONS } from '../core/protocol/metrics.ts'
import { type AccessFlags, accessFlags } from './access-flags.ts'

export const EXPORT_KINDS = ['devices', 'metrics', 'agents', 'alerts', 'audit'] as const
export type ExportKind = (typeof EXPORT_KINDS)[number]
export const EXPORT_FORMATS = ['ndjson', 'json', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Flags of `export`. */
export const exportFlags = {
  format: Flags.option({
    options: EXPORT_FORMATS,
    default: 'ndjson',
    summary: 'One JSON object a line, one JSON array, or CSV with fixed columns; on a terminal and in a pipe alike.',
  })(),
  json: Flags.boolean({ exclusive: ['format'], summary: 'The same as --format json.' }),
  from: Flags.string({
    helpValue: 'TIME',
    summary: 'At this time or later: 2026-03-01T12:00:00Z, 2026-03-01 (UTC), or -2d for two days ago.',
  }),
  to: Flags.string({ helpValue: 'TIME', summary: 'Before this time; a date means to the end of that day.' }),
  device: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ID',
    summary: 'Only of this device_id, and of what was merged with it; may be given again.',
  }),
  agent: Flags.string({ helpValue: 'AGENT_ID', summary: 'Only of this agent.' }),
  site: Flags.string({ helpValue: 'SITE_ID', summary: 'Only of this site.' }),
  resolution: Flags.option({
    options: RESOLUTIONS,
    summary: 'Of metrics: every reading (raw, unless told otherwise), or hours, days or months (UTC).',
  })(),
  limit: Flags.integer({ min: 1, helpValue: 'N', summary: 'End after so many rows.' }),
  ...accessFlags('a viewer (for audit, an admin)'),
}

export interface ExportFlags extends AccessFlags {
  readonly format: ExportFormat
  readonly json?: boolean | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly device?: readonly string[] | undefined
  readonly agent?: string | undefined
  readonly site?: string | undefined
  readonly resolution?: (typeof RESOLUTIONS)[number] | undefined
  readonly limit?: number | undefined
}
