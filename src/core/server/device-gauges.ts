import type { DeviceLevels, Store } from '../store/store.ts'

/** Lines of so many devices are made at one time; requests get their turn between them. */
const PAGE = 250
const MAX_LABEL = 128
/** ASCII that needs no escape, as nearly all labels are. */
const PLAIN = /^[ !#-[\]-~]*$/

export interface DeviceGauges {
  /** The lines of all devices, or nothing while there are none. */
  render(): Promise<string>
}

/** Page counts and supply levels of each device. */
export function createDeviceGauges(store: Pick<Store, 'listDeviceLevels'>): DeviceGauges {
  return {
    async render() {
      const pages: string[] = []
      const levels: string[] = []
      for await (const { page_count, supplies, ...device } of allDevices(store)) {
        const labels = labelsOf(device)
        if (page_count !== null) pages.push(`printmaster_device_page_count{${labels}} ${page_count}\n`)
        for (const { supply, kind, color, percent } of supplies) {
          const all = `${labels},${formatLabels({ supply, kind, color })}`
          levels.push(`printmaster_device_supply_percent{${all}} ${percent}\n`)
        }
      }
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

async function* allDevices(store: Pick<Store, 'listDeviceLevels'>): AsyncGenerator<DeviceLevels> {
  let cursor: string | null | undefined
  do {
    const page = await store.listDeviceLevels({ limit: PAGE, ...(cursor && { cursor }) })
    yield* page.items
    cursor = page.next_cursor
  } while (cursor !== null)
}

function labelsOf(device: Omit<DeviceLevels, 'page_count' | 'supplies'>): string {
  return formatLabels({
    device_id: device.device_id,
    agent_id: device.agent_id ?? '',
    manufacturer: device.manufacturer ?? '',
    model: device.model ?? '',
    serial: device.serial ?? '',
    location: device.location ?? '',
  })
}

/** The text comes from printers: control characters become spaces, and long ones end. */
function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (value.length <= MAX_LABEL && PLAIN.test(value)) return `${name}="${value}"`
    const text = Array.from(value.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' '))
      .slice(0, MAX_LABEL)
      .join('')
    return `${name}="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return pairs.join(',')
}
