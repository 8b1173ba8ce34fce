import type { LiveObjects } from './objects.ts'

/** RFC 3805 section 2.2.13 and appendix B (prtAlertTable), RFC 2790 (hrDeviceStatus, hrPrinterTable). */
const ALERT = '1.3.6.1.2.1.43.18.1.1'
const HR_DEVICE_TYPE = '1.3.6.1.2.1.25.3.2.1.2'
const HR_DEVICE_PRINTER = '1.3.6.1.2.1.25.3.1.5'
const HR_DEVICE_STATUS = '1.3.6.1.2.1.25.3.2.1.5'
const HR_PRINTER_STATUS = '1.3.6.1.2.1.25.3.5.1.1'
const HR_ERROR_STATE = '1.3.6.1.2.1.25.3.5.1.2'
const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0'

const DEVICE = { running: 2, warning: 3, down: 5 } as const
const PRINTER = { other: 1, idle: 3, printing: 4 } as const
const SEVERITY = { critical: 3, warning: 4 } as const
const GROUP = { input: 8, marker: 10, marker_supplies: 11, media_path: 13 } as const
/** Bits of hrPrinterDetectedErrorState; 0 is the first octet's highest. */
const BIT = {
  lowPaper: 0,
  noPaper: 1,
  lowToner: 2,
  noToner: 3,
  jammed: 5,
  serviceRequested: 7,
  inputTrayEmpty: 13,
} as const
const UNTRAINED = 3

interface AlertForm {
  severity: number
  group: number
  /** PrtAlertCodeTC. */
  code: number
  bit?: number
  text: string
}

const FORMS = {
  jam: { severity: SEVERITY.critical, group: GROUP.media_path, code: 8, bit: BIT.jammed, text: 'Paper jam' },
  'paper-low': { severity: SEVERITY.warning, group: GROUP.input, code: 807, bit: BIT.lowPaper, text: 'Paper low' },
  'tray-empty': {
    severity: SEVERITY.warning,
    group: GROUP.input,
    code: 808,
    bit: BIT.inputTrayEmpty,
    text: 'Tray empty',
  },
  'paper-empty': { severity: SEVERITY.critical, group: GROUP.input, code: 808, bit: BIT.noPaper, text: 'Load paper' },
  'toner-low': {
    severity: SEVERITY.warning,
    group: GROUP.marker_supplies,
    code: 1104,
    bit: BIT.lowToner,
    text: 'Toner low',
  },
  'toner-empty': {
    severity: SEVERITY.critical,
    group: GROUP.marker_supplies,
    code: 1101,
    bit: BIT.noToner,
    text: 'Replace toner',
  },
  'ink-low': {
    severity: SEVERITY.warning,
    group: GROUP.marker_supplies,
    code: 1105,
    bit: BIT.lowToner,
    text: 'Ink low',
  },
  'ink-empty': {
    severity: SEVERITY.critical,
    group: GROUP.marker_supplies,
    code: 1102,
    bit: BIT.noToner,
    text: 'Replace ink',
  },
  'waste-nearly-full': {
    severity: SEVERITY.warning,
    group: GROUP.marker_supplies,
    code: 14,
    text: 'Waste box nearly full',
  },
  'waste-full': {
    severity: SEVERITY.critical,
    group: GROUP.marker_supplies,
    code: 15,
    bit: BIT.serviceRequested,
    text: 'Replace waste box',
  },
  'part-nearly-over': {
    severity: SEVERITY.warning,
    group: GROUP.marker_supplies,
    code: 10,
    text: 'Maintenance part near end of life',
  },
  'part-over': {
    severity: SEVERITY.critical,
    group: GROUP.marker_supplies,
    code: 11,
    bit: BIT.serviceRequested,
    text: 'Replace maintenance part',
  },
} as const satisfies Record<string, AlertForm>
export type AlertKind = keyof typeof FORMS

/** The alerts of a living printer, and the status that follows from them. Other rows of the recording stay. */
export class AlertBoard {
  private readonly objects: LiveObjects
  private readonly elapsedMs: () => number
  /** sysUpTime at the start, 1/100 s. */
  private readonly upTime: number
  private readonly printer: string | undefined
  private readonly open = new Map<string, { form: AlertForm; row: string; unit: number; time: number }>()
  private readonly recorded: { device: number; printer: number; bits: Buffer }
  private nextIndex: number
  private isPrinting = false
  private isChanged = false

  /** `elapsedMs` tells how long the player has run when something is raised. */
  constructor(objects: LiveObjects, elapsedMs: () => number) {
    this.objects = objects
    this.elapsedMs = elapsedMs
    this.upTime = numberAt(objects, SYS_UP_TIME) ?? 0
    this.printer = findPrinter(objects)
    const rows = objects.below(ALERT).map((oid) => Number(oid.slice(oid.lastIndexOf('.') + 1)))
    this.nextIndex = Math.max(1000, ...rows) + 1
    const bits = objects.get(`${HR_ERROR_STATE}.${this.printer}`)
    this.recorded = {
      device: numberAt(objects, `${HR_DEVICE_STATUS}.${this.printer}`) ?? DEVICE.running,
      printer: numberAt(objects, `${HR_PRINTER_STATUS}.${this.printer}`) ?? PRINTER.idle,
      bits: bits?.type === 'octets' ? Buffer.from(bits.value) : Buffer.alloc(0),
    }
  }

  /** `name` tells this trouble from others; raising it again changes nothing. `unit` is the row of what is meant. */
  raise(name: string, kind: AlertKind, unit: number): void {
    if (this.open.has(name) || this.printer === undefined) return
    const time = (this.upTime + Math.floor(this.elapsedMs() / 10)) % 0x1_0000_0000
    this.open.set(name, { form: FORMS[kind], row: `${this.printer}.${this.nextIndex++}`, unit, time })
    this.isChanged = true
  }

  clear(name: string): void {
    const alert = this.open.get(name)
    if (!alert) return
    this.open.delete(name)
    for (let column = 1; column <= 9; column++) this.objects.delete(`${ALERT}.${column}.${alert.row}`)
    this.isChanged = true
  }

  setPrinting(isPrinting: boolean): void {
    if (this.isPrinting !== isPrinting) this.isChanged = true
    this.isPrinting = isPrinting
  }

  /** Writes rows and status into the device's objects. */
  show(): void {
    if (!this.isChanged || this.printer === undefined) return
    this.isChanged = false
    for (const alert of this.open.values()) this.showRow(alert)
    const forms = [...this.open.values()].map(({ form }) => form)
    const isDown = forms.some(({ severity }) => severity === SEVERITY.critical)
    const device = isDown ? DEVICE.down : forms.length > 0 ? DEVICE.warning : this.recorded.device
    const printer = isDown
      ? PRINTER.other
      : this.isPrinting && this.recorded.device !== DEVICE.down
        ? PRINTER.printing
        : this.recorded.printer
    this.change(`${HR_DEVICE_STATUS}.${this.printer}`, device)
    this.change(`${HR_PRINTER_STATUS}.${this.printer}`, printer)
    const oid = `${HR_ERROR_STATE}.${this.printer}`
    if (this.objects.get(oid)) this.objects.set(oid, { type: 'octets', value: this.errorState(forms) })
  }

  private showRow({ form, row, unit, time }: { form: AlertForm; row: string; unit: number; time: number }): void {
    const index = Number(row.slice(row.lastIndexOf('.') + 1))
    const numbers = [index, form.severity, UNTRAINED, form.group, unit, -1, form.code]
    for (const [i, value] of numbers.entries()) this.objects.set(`${ALERT}.${i + 1}.${row}`, { type: 'integer', value })
    this.objects.set(`${ALERT}.8.${row}`, { type: 'octets', value: Buffer.from(form.text) })
    this.objects.set(`${ALERT}.9.${row}`, { type: 'timeticks', value: time })
  }

  /** As many octets as recorded, more where a bit needs them. */
  private errorState(forms: readonly AlertForm[]): Buffer {
    const bitsSet = forms.flatMap(({ bit }) => bit ?? [])
    const needed = Math.max(1, this.recorded.bits.length, ...bitsSet.map((bit) => (bit >> 3) + 1))
    const bits = Buffer.alloc(needed)
    this.recorded.bits.copy(bits)
    for (const bit of bitsSet) bits[bit >> 3] = (bits[bit >> 3] as number) | (0x80 >> (bit & 7))
    return bits
  }

  private change(oid: string, value: number): void {
    if (this.objects.get(oid)) this.objects.set(oid, { type: 'integer', value })
  }
}

/** The hrDeviceIndex of the printer: by its type, else by the rows of hrPrinterTable or of the Printer-MIB. */
function findPrinter(objects: LiveObjects): string | undefined {
  const byType = objects.below(HR_DEVICE_TYPE).find((oid) => {
    const value = objects.get(oid)
    return value?.type === 'oid' && value.value === HR_DEVICE_PRINTER
  })
  const row = byType ?? objects.below(HR_PRINTER_STATUS)[0]
  if (row) return row.slice(row.lastIndexOf('.') + 1)
  const lifeCount = objects.below('1.3.6.1.2.1.43.10.2.1.4')[0]
  return lifeCount?.split('.').at(-2)
}

function numberAt(objects: LiveObjects, oid: string): number | undefined {
  const value = objects.get(oid)
  return value && 'value' in value && typeof value.value === 'number' ? value.value : undefined
}
