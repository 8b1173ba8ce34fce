import type { Printer } from '../../model/printer.ts'
import type { Glance, GlanceTaken } from '../../printer/glance.ts'
import { coversCounter } from '../../printer/glance.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { KnownPrinter, OfflineReason } from '../known-printer.ts'
import { markSupply, type SupplyMark } from './supply-changes.ts'

/** What is kept at hand of the last full reading. */
export interface Basis {
  readonly status: Printer['status']
  /** Absent where the glance does not show it. */
  readonly page_count?: number
  readonly supplies: readonly SupplyMark[]
  readonly snmp_version: Printer['snmp_version']
  /** Empty: the next reading is a full one. */
  readonly glance: Glance
}

export function basisOf(printer: Printer, glance: Glance): Basis {
  const isCovered = printer.page_count !== null && coversCounter(glance, printer, 'page_count')
  return {
    status: printer.status,
    ...(isCovered && { page_count: printer.page_count as number }),
    supplies: printer.supplies.map(markSupply),
    snmp_version: printer.snmp_version,
    glance,
  }
}

/** An item of a batch: the printer without what only explains it. */
export function composeFull(printer: Printer): object {
  const { evidence: _, ...item } = printer
  return item
}

/** An item of a batch: what a glance has shown to be as it was in the last full reading, and nothing else of that. */
export function composeLight(known: KnownPrinter, basis: Basis, taken: GlanceTaken): object {
  return {
    ...identityOf(known),
    ip: known.address,
    port: known.port,
    printer_index: known.printer_index,
    manufacturer: known.manufacturer,
    model: known.model,
    status: basis.status,
    ...(basis.page_count !== undefined && { page_count: basis.page_count }),
    uptime_seconds: taken.uptime_seconds,
    sampled_at: taken.sampled_at,
  }
}

/**
 * An item of a batch: the printer went offline, and nothing is known of it. Its old address is told only while it is
 * still its own.
 */
export function composeOffline(
  known: KnownPrinter,
  reason: OfflineReason,
  { isDisplaced, now }: { isDisplaced: boolean; now: number },
): object {
  return {
    ...identityOf(known),
    ...(!isDisplaced && { ip: known.address, port: known.port }),
    printer_index: known.printer_index,
    manufacturer: known.manufacturer,
    model: known.model,
    status: 'offline',
    offline_reason: reason,
    sampled_at: new Date(now).toISOString(),
  }
}

/** An audit event about one printer, named as it names itself, else by its address. */
export function composeEvent(action: string, known: KnownPrinter, now: number, details: object = {}): AuditEvent {
  const { device_id, serial, mac_address, manufacturer, model, address, port } = known
  return {
    action,
    resource_type: 'device',
    resource_id: (serial ?? mac_address ?? device_id ?? address).slice(0, 256),
    outcome: 'success',
    details: { manufacturer, model, serial, mac_address, ip: address, port, ...details },
    timestamp: new Date(now).toISOString(),
  }
}

function identityOf({ device_id, serial, mac_address }: KnownPrinter) {
  return { device_id, serial, mac_address }
}
