import type { Alert } from '../../protocol/alerts.ts'
import type { Actor, AlertChange, AlertsFilter, Delivery, DeliveryOutcome, Page } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import type { Changes } from './changes.ts'
import type { Database } from './open-database.ts'

export type Alerts = ReturnType<typeof prepareAlerts>

export function prepareAlerts(_db: Database, _audit: AuditLog, _changes: Changes) {
  return {
    list(_query: AlertsFilter): Page<Alert> {
      throw new Error('not there yet')
    },
    /** For live views: those of these rowids, as they are now. */
    findByRowids(_ids: readonly number[]): Alert[] {
      throw new Error('not there yet')
    },
    record(_changes: readonly AlertChange[], _channels: readonly string[], _now: number): void {
      throw new Error('not there yet')
    },
    acknowledge(_alert_id: string, _actor: Actor, _channels: readonly string[], _now: number): Alert | null {
      throw new Error('not there yet')
    },
    nextDeliveries(_limit: number, _now: number): Delivery[] {
      throw new Error('not there yet')
    },
    recordDelivery(_delivery_id: number, _outcome: DeliveryOutcome, _now: number): void {
      throw new Error('not there yet')
    },
  }
}
