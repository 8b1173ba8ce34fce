import type { Device, WireSupply } from '../protocol/devices.ts'
import type { Store } from '../store/store.ts'

const PAGE = 1000
const MAX_LABEL = 128

export interface DeviceGauges {
  /** The lines of all devices, or nothing while there are none. */
  render(): Promise<string>
}

interface Known {
  readonly received_at: string
  readonly supplies: readonly Level[]
}

interface Level {
  readonly supply: string
  readonly kind: string
  readonly color: string
  readonly percent: number
}

/** Page counts and supply levels of each device. Only devices that were read since the last time are looked into. */
export function createDeviceGauges(store: Store): DeviceGauges {
  let known = new Map<string, Known>()
  return {
    async render() {
      const next = new Map<string, Known>()
      const pages: string[] = []
      const levels: string[] = []
      for await (const device of allDevices(store)) {
        const labels = labelsOf(device)
        if (device.page_count !== null) {
          pages.push(`printmaster_device_page_count${formatLabels(labels)} ${device.page_count}\n`)
        }
        const before = known.get(device.device_id)
        const { received_at } = device
        const supplies = before?.received_at === received_at ? before.supplies : await readLevels(store, device)
        next.set(device.device_id, { received_at, supplies })
        for (const { supply, kind, color, percent } of supplies) {
          const all = formatLabels({ ...labels, supply, kind, color })
          levels.push(`printmaster_device_supply_percent${all} ${percent}\n`)
        }
      }
      known = next
      return [
        ...head('printmaster_device_page_count', 'Lifetime page count of a device', pages),
        ...head('printmaster_device_supply_percent', 'Level of a supply where it is known as a number', levels),
      ].join('')
    },
  }
}

function head(name: string, help: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}\n# TYPE ${name} gauge\n`, ...lines]
}

async function* allDevices(store: Store): AsyncGenerator<Device> {
  let cursor: string | null | undefined
  do {
    const page = await store.listDevices({ limit: PAGE, sort: 'first_seen', ...(cursor && { cursor }) })
    yield* page.items
    cursor = page.next_cursor
  } while (cursor !== null)
}

async function readLevels(store: Store, device: Device): Promise<Level[]> {
  const detail = await store.findDevice(device.device_id)
  const supplies = (detail?.snapshot as { supplies?: readonly WireSupply[] } | undefined)?.supplies
  if (!Array.isArray(supplies)) return []
  const seen = new Set<string>()
  return supplies.flatMap((supply: WireSupply, place) => {
    const percent = supply?.level?.state === 'percent' ? supply.level.percent : null
    const name = String(supply?.index ?? place + 1)
    if (typeof percent !== 'number' || percent < 0 || percent > 100 || seen.has(name)) return []
    seen.add(name)
    return [{ supply: name, kind: supply.kind ?? '', color: supply.color ?? '', percent }]
  })
}

function labelsOf(device: Device): Record<string, string> {
  return {
    device_id: device.device_id,
    agent_id: device.agent_id ?? '',
    manufacturer: device.manufacturer ?? '',
    model: device.model ?? '',
    serial: device.serial ?? '',
    location: device.location ?? '',
  }
}

/** The text comes from printers: control characters become spaces, and long ones end. */
function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const text = Array.from(value.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' '))
      .slice(0, MAX_LABEL)
      .join('')
    return `${name}="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${pairs.join(',')}}`
}
