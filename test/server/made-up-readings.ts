import { v7 } from 'uuid'

const COLORS = ['black', 'cyan', 'magenta', 'yellow'] as const

/** One reading of a made-up colour laser, as large as those of real ones (some 850 bytes as JSON). */
export function makeReading(printer: number, sample: number, reading_id: string = v7()): Record<string, unknown> {
  const pages = 10_000 + printer * 7 + sample
  return {
    reading_id,
    device_id: serialOf(printer),
    serial: serialOf(printer),
    mac_address: `02:00:00:${hex(printer >> 16)}:${hex(printer >> 8)}:${hex(printer)}`,
    ip: `10.${(printer >> 16) & 255}.${(printer >> 8) & 255}.${printer & 255}`,
    printer_index: 1,
    manufacturer: 'Acme',
    model: 'LaserFast C400',
    status: sample % 5 === 0 ? 'printing' : 'idle',
    page_count: pages,
    color_pages: Math.floor(pages / 3),
    mono_pages: pages - Math.floor(pages / 3),
    uptime_seconds: sample * 60,
    supplies: COLORS.map((color, i) => ({
      index: i + 1,
      kind: 'toner',
      color,
      name: `${color} cartridge`,
      level: { state: 'percent', percent: 100 - ((sample + i) % 100) },
      unit: 'percent',
      capacity: 100,
      remaining: 100 - ((sample + i) % 100),
    })),
    alerts: [],
    sampled_at: new Date(1_760_000_000_000 + sample * 60_000).toISOString(),
  }
}

/** A device as a discovery uploads it. */
export function makeDevice(printer: number, sample: number): Record<string, unknown> {
  const { reading_id, ...reading } = makeReading(printer, sample, '')
  return { ...reading, hostname: `printer-${printer}`, location: `Floor ${printer % 9}`, firmware: '1.0' }
}

export function serialOf(printer: number): string {
  return `PM${String(printer).padStart(8, '0')}`
}

function hex(byte: number): string {
  return (byte & 255).toString(16).padStart(2, '0')
}
