import type { Alert, Level, Printer, Supply, Tray } from '../../src/core/model/printer.ts'

/** Printers as normalise makes them, for the tests of everything that prints them. */
export function samplePrinter(given: Partial<Printer> = {}): Printer {
  return {
    ip: '10.0.0.7',
    port: 161,
    device_id: 'CNB1234567',
    printer_index: 1,
    manufacturer: 'HP',
    model: 'LaserJet M607',
    serial: 'CNB1234567',
    firmware: '2411247_000083',
    hostname: 'prn-07',
    mac_address: '00:1b:a9:00:00:07',
    location: 'Floor 2',
    contact: null,
    asset_number: null,
    description: 'HP ETHERNET MULTI-ENVIRONMENT',
    sys_object_id: '1.3.6.1.4.1.11.2.3.9.1',
    ieee1284_id: null,
    profile: 'standard',
    status: 'idle',
    detected_error_state: [],
    console_text: ['Ready'],
    page_count: 120345,
    counters: [],
    supplies: [],
    trays: [],
    outputs: [],
    covers: [],
    alerts: [],
    uptime_seconds: 86400,
    sampled_at: '2026-01-02T03:04:05Z',
    snmp_version: '2c',
    missing: [],
    ...given,
  }
}

export function percent(value: number): Level {
  return { state: 'percent', percent: value }
}

export function sampleSupply(index: number, given: Partial<Supply> = {}): Supply {
  return {
    index,
    kind: 'toner',
    color: 'black',
    name: 'Black Cartridge',
    level: percent(78),
    unit: 'percent',
    capacity: 100,
    remaining: 78,
    ...given,
  }
}

/** Black, cyan, magenta and yellow toner with these levels. */
export function sampleInks(levels: readonly (number | Level)[], kind: Supply['kind'] = 'toner'): Supply[] {
  const colors = ['black', 'cyan', 'magenta', 'yellow']
  return levels.map((level, i) =>
    sampleSupply(i + 1, {
      kind,
      color: colors[i] as string,
      name: `${colors[i]} ${kind}`,
      level: typeof level === 'number' ? percent(level) : level,
    }),
  )
}

export function sampleTray(index: number, given: Partial<Tray> = {}): Tray {
  return {
    index,
    name: `Tray ${index}`,
    type: 'sheetFeedAutoRemovableTray',
    media: 'A4',
    unit: 'sheets',
    capacity: 500,
    remaining: 250,
    level: percent(50),
    ...given,
  }
}

export function sampleAlert(given: Partial<Alert> = {}): Alert {
  return {
    index: 1,
    severity: 'critical',
    group: 'mediaPath',
    group_index: 1,
    code: 'jam',
    description: 'Paper jam in tray 2',
    ...given,
  }
}
