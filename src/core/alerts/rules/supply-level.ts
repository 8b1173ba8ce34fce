import type { Supply } from '../../model/printer.ts'
import { cleanText } from '../../output/clean-text.ts'
import { nameSupply, wordLevel } from '../../output/wording.ts'
import type { AlertKind } from '../../protocol/alerts.ts'
import type { Device, WireSupply } from '../../protocol/devices.ts'
import type { Finding, Verdict } from '../finding.ts'
import { nameDevice } from './name-device.ts'

/** A level has to rise so many points above the bound before the alert is over: gauges tremble. */
const RISE = 5
const EMPTY_PERCENT = 1
const LONGEST_SUBJECT = 256

export interface NamedSupply {
  readonly subject: string
  readonly supply: WireSupply
}

/** Supplies by a name that is theirs alone within the printer, whatever their order: the second of a name has its index. */
export function nameSupplies(supplies: readonly WireSupply[]): NamedSupply[] {
  const taken = new Set<string>()
  return supplies.map((supply) => {
    const name = nameOne(supply).slice(0, LONGEST_SUBJECT - 24)
    let subject = taken.has(name) ? `${name} #${supply.index ?? 2}` : name
    for (let i = 2; taken.has(subject); i += 1) subject = `${name} (${i})`
    taken.add(subject)
    return { subject, supply }
  })
}

const nameOne = ({ kind, color, name }: WireSupply) => {
  const named = { kind: cleanText(kind ?? 'other'), color: color ?? null, name: name ?? null } as Supply
  return nameSupply(named) || 'supply'
}

/**
 * What the level of a supply deserves. In between two bounds what is open stays. A level that is not known, or is none,
 * tells nothing.
 * @param open what is open of this supply
 */
export function judgeSupplyLevel(level: WireSupply['level'], open: AlertKind | null, low_percent: number): Verdict {
  switch (level?.state) {
    case 'empty':
      return 'supply_empty'
    case 'low':
      return 'supply_low'
    case 'some':
    case 'unlimited':
      return 'none'
    case 'percent':
      break
    default:
      return 'unclear'
  }
  const { percent } = level
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) return 'unclear'
  if (percent <= EMPTY_PERCENT || (open === 'supply_empty' && percent < EMPTY_PERCENT + RISE)) return 'supply_empty'
  if (percent <= low_percent || (open === 'supply_low' && percent < low_percent + RISE)) return 'supply_low'
  return 'none'
}

/** The verdict in words. */
export function describeSupply(device: Device, { subject, supply }: NamedSupply, verdict: Verdict): Finding {
  const level = supply.level as Supply['level'] | undefined
  const { part_number } = supply as { part_number?: unknown }
  const word = level === undefined ? 'unknown' : cleanText(wordLevel(level))
  const state = verdict === 'supply_empty' ? 'empty' : 'low'
  return {
    verdict,
    subject,
    message: `${nameDevice(device)}: ${subject} is ${state}${word === state ? '' : ` (${word})`}`,
    details: {
      kind: supply.kind ?? null,
      color: supply.color ?? null,
      level: level ?? null,
      ...(typeof part_number === 'string' && { part_number: cleanText(part_number) }),
      ip: device.ip,
    },
  }
}
