import Type from 'typebox'

/**
 * The vocabulary of a scan result, as JSON (snake_case) and as TypeScript types. Units, enumerations and the meaning of
 * null come from RFC 3805 (Printer-MIB), RFC 2790 (Host-Resources) and the IANA-PRINTER-MIB.
 */

const text = (description: string) => Type.Union([Type.String(), Type.Null()], { description })
const count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }))

export const STATUSES = ['idle', 'printing', 'warmup', 'asleep', 'warning', 'error', 'offline', 'unknown'] as const
export const LEVEL_STATES = ['percent', 'some', 'low', 'empty', 'unknown', 'unlimited'] as const
export const SUPPLY_KINDS = [
  'toner',
  'ink',
  'drum',
  'fuser',
  'transfer_belt',
  'waste_toner',
  'waste_ink',
  'developer',
  'maintenance',
  'staples',
  'other',
] as const
/** The counters of a printer, as fields of it, as names in `counters`, on the wire and as columns. */
export const COUNTER_NAMES = [
  'page_count',
  'color_pages',
  'mono_pages',
  'print_pages',
  'copy_pages',
  'fax_pages',
  'scan_count',
  'duplex_pages',
  'large_pages',
] as const
export type CounterName = (typeof COUNTER_NAMES)[number]
export const ALERT_SEVERITIES = ['critical', 'warning', 'warningBinaryChangeEvent'] as const

const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description })

export const LevelSchema = Type.Object(
  {
    state: oneOf(
      LEVEL_STATES,
      '"percent" whenever a number is known (0 too); "some" is the Printer-MIB -3 and never a number; "low" and "empty" only where the device gives a word and no number',
    ),
    percent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: 'only with state "percent"' })),
    step_percent: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'the gauge moves in steps this coarse' }),
    ),
  },
  { additionalProperties: false },
)
export type Level = Type.Static<typeof LevelSchema>

export const SupplySchema = Type.Object(
  {
    index: Type.Integer({ description: 'prtMarkerSuppliesIndex' }),
    kind: oneOf(SUPPLY_KINDS, 'from prtMarkerSuppliesType'),
    color: text('black, cyan, magenta, yellow ... from prtMarkerColorantValue; null when it has no colour'),
    name: text('prtMarkerSuppliesDescription, decoded and cleaned'),
    part_number: Type.Optional(Type.String({ description: 'split off the description' })),
    serial: Type.Optional(Type.String({ description: 'serial number of the cartridge itself' })),
    class: Type.Optional(
      oneOf(
        ['consumed', 'receptacle'] as const,
        'prtMarkerSuppliesClass: a receptacle (waste box) is filled; its level counts the free space',
      ),
    ),
    level: LevelSchema,
    unit: text('prtMarkerSuppliesSupplyUnit by name: impressions, sheets, percent, tenths_of_grams ...'),
    capacity: Type.Union([Type.Number(), Type.Null()], { description: 'prtMarkerSuppliesMaxCapacity, in unit' }),
    remaining: Type.Union([Type.Number(), Type.Null()], { description: 'prtMarkerSuppliesLevel, in unit' }),
  },
  { additionalProperties: false },
)
export type Supply = Type.Static<typeof SupplySchema>

export const TraySchema = Type.Object(
  {
    index: Type.Integer({ description: 'prtInputIndex' }),
    name: text('prtInputName, else prtInputDescription'),
    type: text('prtInputType by its IANA name: sheetFeedAutoRemovableTray, sheetFeedManual, continuousRoll ...'),
    media: text('prtInputMediaName'),
    unit: text('prtInputCapacityUnit by name: sheets, meters, micrometers ...'),
    capacity: Type.Union([Type.Number(), Type.Null()], { description: 'prtInputMaxCapacity, in unit' }),
    remaining: Type.Union([Type.Number(), Type.Null()], { description: 'prtInputCurrentLevel, in unit' }),
    level: LevelSchema,
  },
  { additionalProperties: false },
)
export type Tray = Type.Static<typeof TraySchema>

export const OutputBinSchema = Type.Object(
  {
    index: Type.Integer({ description: 'prtOutputIndex' }),
    name: text('prtOutputName, else prtOutputDescription'),
    type: text('prtOutputType by its IANA name'),
    capacity: Type.Union([Type.Number(), Type.Null()], { description: 'prtOutputMaxCapacity' }),
    remaining: Type.Union([Type.Number(), Type.Null()], { description: 'prtOutputRemainingCapacity: free space' }),
    level: LevelSchema,
  },
  { additionalProperties: false },
)
export type OutputBin = Type.Static<typeof OutputBinSchema>

export const CoverSchema = Type.Object(
  {
    index: Type.Integer({ description: 'prtCoverIndex' }),
    name: text('prtCoverDescription'),
    status: Type.String({ description: 'prtCoverStatus by its IANA name: coverOpen, coverClosed, interlockOpen ...' }),
  },
  { additionalProperties: false },
)
export type Cover = Type.Static<typeof CoverSchema>

export const AlertSchema = Type.Object(
  {
    index: Type.Integer({ description: 'prtAlertIndex' }),
    severity: oneOf(ALERT_SEVERITIES, 'prtAlertSeverityLevel by its IANA name'),
    group: Type.String({ description: 'prtAlertGroup by its IANA name: input, cover, markerSupplies, mediaPath ...' }),
    group_index: Type.Union([Type.Integer(), Type.Null()], { description: 'prtAlertGroupIndex: the row it speaks of' }),
    code: Type.String({ description: 'prtAlertCode by its IANA name: coverOpen, jam, markerTonerEmpty ...' }),
    description: text('prtAlertDescription; composed from group, code and the part where the device gives none'),
    part: Type.Optional(
      Type.String({ description: 'name of the supply, tray, bin or cover that group_index points to' }),
    ),
    since: Type.Optional(Type.String({ description: 'RFC 3339, from prtAlertTime and sysUpTime' })),
  },
  { additionalProperties: false },
)
export type Alert = Type.Static<typeof AlertSchema>

export const CounterSchema = Type.Object(
  {
    name: Type.String({ description: 'page_count, color_pages, copy_pages ...: as the field of the printer' }),
    value: Type.Integer({ minimum: 0 }),
    unit: Type.String({ description: 'impressions, sheets, meters ...' }),
    source: Type.String({ description: 'object name or OID the value was read from' }),
  },
  { additionalProperties: false },
)
export type Counter = Type.Static<typeof CounterSchema>

export const EvidenceSchema = Type.Object(
  {
    field: Type.String({ description: 'the field of the printer, for example "serial" or "supplies[1].level"' }),
    value: Type.Unknown({ description: 'what was believed' }),
    source: Type.Union([Type.String(), Type.Null()], { description: 'the OID the value came from' }),
    raw: Type.Union([Type.String(), Type.Null()], { description: 'the raw answer' }),
    reason: Type.String({ description: 'why it was believed' }),
    tried: Type.Array(
      Type.Object({ source: Type.String(), raw: Type.Union([Type.String(), Type.Null()]), reason: Type.String() }),
      { description: 'what else was looked at, and why it was not taken' },
    ),
  },
  { additionalProperties: false },
)
export type Evidence = Type.Static<typeof EvidenceSchema>

export const MissingSchema = Type.Object(
  {
    part: Type.String({ description: 'the table or group: supplies, trays, alerts ...' }),
    reason: Type.String({ description: 'timeout, deadline, loop, truncated, refused ...' }),
  },
  { additionalProperties: false },
)
export type Missing = Type.Static<typeof MissingSchema>

/** One printer, as `scan` prints it. Unknown is null; a counter that the device does not offer is absent. */
export const PrinterSchema = Type.Object(
  {
    ip: Type.String(),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    device_id: text('best identity the printer itself shows: serial, else MAC, else what its profile gives'),
    printer_index: Type.Integer({ description: 'hrDeviceIndex: one address can serve several printers' }),
    manufacturer: text('the badge on the box'),
    model: text('without maker, serial or firmware glued on'),
    serial: text('prtGeneralSerialNumber or a vendor object; null when only a placeholder is offered'),
    firmware: text('firmware version as the device words it'),
    hostname: text('sysName'),
    mac_address: text('lower case, colons'),
    location: text('sysLocation'),
    contact: text('sysContact'),
    asset_number: text('inventory number stored in the device'),
    description: text('sysDescr'),
    sys_object_id: text('sysObjectID'),
    ieee1284_id: text('IEEE 1284 device id'),
    profile: Type.String({ description: 'the profile that matched; "standard" when none did' }),
    status: oneOf(STATUSES, 'from hrPrinterStatus, hrDeviceStatus, hrPrinterDetectedErrorState and the alerts'),
    detected_error_state: Type.Array(Type.String(), { description: 'hrPrinterDetectedErrorState bits by name' }),
    console_text: Type.Array(Type.String(), { description: 'prtConsoleDisplayBufferText, line by line' }),
    page_count: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: 'lifetime impressions (or sheets where the device counts those); null when it gives none',
    }),
    color_pages: count('colour impressions'),
    mono_pages: count('monochrome impressions'),
    print_pages: count('impressions of the print function'),
    copy_pages: count('impressions of the copy function'),
    fax_pages: count('impressions of received faxes and fax reports'),
    scan_count: count('scanned images'),
    duplex_pages: count('two-sided sheets or impressions, as the device counts them'),
    large_pages: count('impressions on A3, ledger and larger'),
    counters: Type.Array(CounterSchema, {
      description: 'every counter read, with its source, totals that differ included',
    }),
    supplies: Type.Array(SupplySchema),
    trays: Type.Array(TraySchema),
    outputs: Type.Array(OutputBinSchema),
    covers: Type.Array(CoverSchema),
    alerts: Type.Array(AlertSchema),
    uptime_seconds: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'sysUpTime' }),
    sampled_at: Type.String({ description: 'RFC 3339, UTC' }),
    snmp_version: oneOf(['1', '2c', '3'] as const, 'the version that the printer answered'),
    missing: Type.Array(MissingSchema, { description: 'what could not be read, and why; empty when all answered' }),
    evidence: Type.Optional(Type.Array(EvidenceSchema, { description: 'only with --explain' })),
  },
  { additionalProperties: false, title: 'Printer', $id: 'printmaster/printer' },
)
export type Printer = Type.Static<typeof PrinterSchema>
export type PrinterStatus = Printer['status']
export type SupplyKind = Supply['kind']
