import type { Store } from '../store/store.ts'

export type KeeperStore = Pick<
  Store,
  | 'listAlerts'
  | 'readChanges'
  | 'readSnapshot'
  | 'readDeviceReports'
  | 'recordAlerts'
  | 'nextDeliveries'
  | 'recordDelivery'
>

export interface KeeperLog {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

export type DeliveryWord = 'delivered' | 'failed' | 'given_up'
