import { LRUCache } from 'lru-cache'
import type { PrinterFacts } from '../checked-item.ts'
import type { IdentityKeys } from './device-identity.ts'
import type { DeviceRow } from './device-rows.ts'
import type { Speaker } from './identities.ts'
import { dayOf } from './whole-days.ts'

const KEPT_FACTS = 50_000

export interface Remembered {
  readonly device: number
  readonly keys: IdentityKeys
  /** What the device showed of itself, where the choice rests on that as well; null where identities alone decide. */
  readonly shown: Shown | null
  /** The days for which the identities are known to have been seen, as numbers of days since 1970. */
  firstDay: number
  lastDay: number
}

type Shown = Pick<DeviceRow, 'manufacturer' | 'model' | 'serial'>

/** Which device agents meant with which words, as long as nothing was merged or moved since. */
export interface KnownFacts {
  find(item: PrinterFacts, speaker: Speaker): Remembered | undefined
  /** Null: forgets what these words meant. */
  keep(item: PrinterFacts, speaker: Speaker, entry: Remembered | null): void
  forget(): void
}

export function createKnownFacts(): KnownFacts {
  const known = new LRUCache<string, Remembered>({ max: KEPT_FACTS })
  return {
    find: (item, speaker) => known.get(describeFacts(item, speaker)),
    keep(item, speaker, entry) {
      if (entry === null) known.delete(describeFacts(item, speaker))
      else known.set(describeFacts(item, speaker), entry)
    },
    forget: () => known.clear(),
  }
}

/** @param isByKey identities alone decide */
export function toRemember(row: DeviceRow, keys: IdentityKeys, isByKey: boolean, time: number): Remembered {
  const { manufacturer, model, serial } = row
  const shown = isByKey ? null : { manufacturer, model, serial }
  return { device: row.id, keys, shown, firstDay: dayOf(time), lastDay: dayOf(time) }
}

export const showsStill = (row: DeviceRow, { shown }: Remembered) =>
  shown === null ||
  (row.manufacturer === shown.manufacturer && row.model === shown.model && row.serial === shown.serial)

/** The lengths go before the texts: no text can pose as two. */
function describeFacts(item: PrinterFacts, speaker: Speaker): string {
  const { serial, mac_address, ip, port, printer_index, device_id, manufacturer, model } = item
  const lengths = `${serial?.length} ${mac_address?.length} ${ip?.length} ${device_id?.length} ${manufacturer?.length} ${model?.length}`
  return `${speaker.id} ${port} ${printer_index} ${lengths} ${serial}${mac_address}${ip}${device_id}${manufacturer}${model}`
}
