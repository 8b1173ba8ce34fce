import {
  type MadeUpPrinter,
  type MadeUpSupply,
  type MadeUpTray,
  makeUpPrinter,
} from '../core/snmp/player/made-up-printer.ts'
import type { PlayedDevice } from '../core/snmp/player/player.ts'

/** A site of the demo: its agent, and the printers that it watches. */
export interface DemoSite {
  /** What people call the agent. */
  readonly name: string
  /** From the first to the last address of its printers. */
  readonly range: string
  readonly devices: readonly PlayedDevice[]
}

interface Make {
  readonly model: string
  readonly description: string
  readonly object_id: string
}

/** Makers and their enterprise numbers are real, models are invented. */
const MAKES = {
  hp_color: {
    model: 'HP Color LaserJet X4510dn',
    description: 'HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD900,EEPROM PM90010001',
    object_id: '1.3.6.1.4.1.11.2.3.9.1',
  },
  hp_mono: {
    model: 'HP LaserJet X600',
    description: 'HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD902,EEPROM PM90010003',
    object_id: '1.3.6.1.4.1.11.2.3.9.1',
  },
  ricoh: {
    model: 'RICOH IM X4510',
    description: 'RICOH IM X4510 1.07 / RICOH Network Printer C model',
    object_id: '1.3.6.1.4.1.367.1.1',
  },
  kyocera: {
    model: 'ECOSYS X2040dn',
    description: 'KYOCERA Document Solutions Printing System',
    object_id: '1.3.6.1.4.1.1347.41',
  },
  lexmark: { model: 'Lexmark MSX521', description: 'Lexmark MSX521', object_id: '1.3.6.1.4.1.641.2.99521' },
  brother: { model: 'Brother HL-X8310CDW', description: 'Brother NC-X900h', object_id: '1.3.6.1.4.1.2435.2.3.9.1' },
  xerox: {
    model: 'Xerox VersaLink X7010',
    description: 'Xerox VersaLink X7010 Color MFP',
    object_id: '1.3.6.1.4.1.253.8.62.1.98.2.1.1',
  },
  konica: {
    model: 'KONICA MINOLTA bizhub X4000',
    description: 'KONICA MINOLTA bizhub X4000',
    object_id: '1.3.6.1.4.1.18334.1.1.1.2.1.99.2.1',
  },
  epson: {
    model: 'EPSON WF-X5810',
    description: 'EPSON Built-in Ethernet and Wi-Fi Print Server',
    object_id: '1.3.6.1.4.1.1248.1.1.2.1.3.5.69.69.80.83.50',
  },
  canon: { model: 'Canon LBP X351', description: 'Canon LBP X351 /P', object_id: '1.3.6.1.4.1.1602.4.7' },
} as const satisfies Record<string, Make>

/** Levels at the start: toner or ink from black to yellow, or of the only cartridge. */
type Levels = readonly [number] | readonly [number, number, number, number]
type Row = readonly [make: keyof typeof MAKES, location: string, pages: number, levels: Levels]

const SITES: ReadonlyArray<{ readonly name: string; readonly code: string; readonly printers: readonly Row[] }> = [
  {
    name: 'Head office',
    code: 'ho',
    printers: [
      ['hp_color', 'Ground floor, reception', 48_213, [64, 82, 37, 55]],
      ['ricoh', 'First floor, copy room', 391_882, [41, 11, 68, 73]],
      ['xerox', 'First floor, accounts', 120_344, [88, 54, 60, 49]],
      ['konica', 'Second floor, copy room', 210_067, [35, 77, 2, 90]],
      ['lexmark', 'Second floor, legal', 31_877, [58]],
      ['hp_mono', 'Third floor, sales', 77_410, [11]],
      ['kyocera', 'Third floor, post room', 18_236, [91]],
      ['epson', 'Third floor, design', 15_830, [58, 29, 86, 71]],
    ],
  },
  {
    name: 'Harbour branch',
    code: 'hb',
    printers: [
      ['brother', 'Counter', 22_951, [47, 66, 71, 12]],
      ['kyocera', 'Back office', 64_118, [26]],
      ['hp_color', 'Meeting room', 9_604, [95, 92, 90, 93]],
      ['canon', 'Manager', 9_127, [39]],
      ['ricoh', 'Copy room', 158_440, [62, 48, 57, 80]],
      ['lexmark', 'Archive', 4_402, [3]],
    ],
  },
  {
    name: 'Warehouse',
    code: 'wh',
    printers: [
      ['lexmark', 'Goods in', 203_771, [72]],
      ['lexmark', 'Goods out', 188_935, [11]],
      ['kyocera', 'Packing, line 1', 97_020, [54]],
      ['kyocera', 'Packing, line 2', 95_663, [19]],
      ['brother', 'Office', 12_208, [83, 41, 44, 60]],
      ['hp_mono', 'Customs', 50_312, [33]],
    ],
  },
]

const COLORS = ['Black', 'Cyan', 'Magenta', 'Yellow']

/** The sites, with printers on 127.77.1.1, 127.77.1.2, 127.77.2.1 and so on. */
export function makeUpFleet(): DemoSite[] {
  return SITES.map(({ name, code, printers }, i) => {
    const network = `127.77.${i + 1}`
    return {
      name,
      range: `${network}.1-${printers.length}`,
      devices: printers.map((row, j) => ({
        address: `${network}.${j + 1}`,
        recording: makeUpPrinter(describePrinter(row, `${code}-${j + 1}`, (i + 1) * 100 + j + 1)),
      })),
    }
  })
}

function describePrinter([make, location, pages, levels]: Row, name: string, number: number): MadeUpPrinter {
  return {
    ...MAKES[make],
    name,
    location,
    pages,
    serial: `PMDEMO${number}`,
    // locally administered
    mac: `02504d${number.toString(16).padStart(6, '0')}`,
    supplies: listSupplies(make, levels),
    trays: listTrays(number),
  }
}

function listSupplies(make: keyof typeof MAKES, levels: Levels): MadeUpSupply[] {
  const kind = make === 'epson' ? 'ink' : 'toner'
  const word = kind === 'ink' ? 'Ink Cartridge' : 'Toner'
  const cartridges = levels.map((percent, i) => {
    const color = COLORS[i] as string
    return { kind, color: color.toLowerCase(), name: `${color} ${word}`, percent } as const
  })
  if (kind === 'ink') return [...cartridges, { kind: 'waste_ink', name: 'Maintenance Box', percent: 72 }]
  if (levels.length === 1) return [...cartridges, { kind: 'drum', name: 'Drum Unit', percent: 66 }]
  return [
    ...cartridges,
    { kind: 'waste_toner', name: 'Waste Toner Box', percent: 57 },
    { kind: 'fuser', name: 'Fuser Kit', percent: 81 },
  ]
}

/** Not all trays run out in the same minute. */
function listTrays(number: number): MadeUpTray[] {
  return [
    { name: 'Tray 1', media: 'A4', capacity: 250, sheets: 90 + ((number * 37) % 160) },
    { name: 'Tray 2', media: 'A4', capacity: 500, sheets: 180 + ((number * 53) % 320) },
  ]
}
