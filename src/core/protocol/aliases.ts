import type { WireSupply } from './devices.ts'

/** Words of the older agent, and ours for the same thing. Taken only where our own word is not there. */
export const HEARTBEAT_ALIASES = { device_count: 'devices_count', version: 'agent_version' } as const
export const DEVICE_ALIASES = { last_seen: 'sampled_at' } as const
export const METRIC_ALIASES = { timestamp: 'sampled_at' } as const

type Item = Record<string, unknown>

/** `item` with the older agent's names replaced by ours; the same object when it has none of them. */
export function renameAliases(item: Item, aliases: Readonly<Record<string, string>>): Item {
  for (const old in aliases) {
    if (!(old in item)) continue
    const renamed = new Map<string, unknown>()
    for (const [key, value] of Object.entries(item)) {
      const name = Object.hasOwn(aliases, key) ? (aliases[key] as string) : key
      if (name === key || !(name in item)) renamed.set(name, value)
      else renamed.set(key, value)
    }
    return Object.fromEntries(renamed)
  }
  return item
}

const FLAT_TONER = /^toner_(black|cyan|magenta|yellow)$/

/**
 * Levels of the older agent (`toner_levels: {black: 40}`, `toner_black: 40`, `paper_trays`) as supplies and trays, beside
 * what was sent. A number outside of 0 to 100 is no level and becomes `unknown`.
 */
export function addOlderLevels(item: Item): Item {
  let result = item
  if (item.supplies == null) {
    const levels = readTonerLevels(item)
    if (levels.length > 0) result = { ...result, supplies: levels }
  }
  if (item.trays == null && Array.isArray(item.paper_trays)) {
    result = { ...result, trays: item.paper_trays.filter(isObject).map(readOlderTray) }
  }
  return result
}

function readTonerLevels(item: Item): WireSupply[] {
  const named = isObject(item.toner_levels) ? Object.entries(item.toner_levels) : []
  const flat = named.length > 0 ? [] : Object.entries(item).filter(([key]) => FLAT_TONER.test(key))
  return [...named, ...flat].slice(0, 64).map(([key, value]) => {
    const color = key.replace(/^toner_/, '').slice(0, 64)
    return { kind: 'toner', color, name: null, level: readPercent(value) }
  })
}

function readOlderTray(tray: Item): Item {
  const { media_type, current_level, max_capacity, level_percent, ...rest } = tray
  const known = typeof max_capacity === 'number' && max_capacity > 0
  return {
    ...rest,
    media: media_type ?? null,
    capacity: max_capacity ?? null,
    remaining: current_level ?? null,
    level: known ? readPercent(level_percent) : { state: 'unknown' },
  }
}

function readPercent(value: unknown): { state: string; percent?: number } {
  return typeof value === 'number' && value >= 0 && value <= 100
    ? { state: 'percent', percent: value }
    : { state: 'unknown' }
}

function isObject(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
